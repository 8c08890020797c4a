"""Files made to loop, to swell, to escape or to break whoever reads them; made here, of nothing.

``python -m tests.indexer.hostile`` reads them all, as a build does, and prints what came of it.
"""
