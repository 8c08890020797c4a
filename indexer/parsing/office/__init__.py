"""Office documents: Word, PowerPoint and OpenDocument files, which are archives of XML."""
