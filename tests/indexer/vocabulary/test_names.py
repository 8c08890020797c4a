"""Words that people ask with, and words that name nothing though they stand near a name."""

from __future__ import annotations

import pytest

from indexer.vocabulary import Linker

# Concept: phrases that name it, in both languages.
NAMED = {
    "accessible-culture": "un museo accessibile ai ciechi; accessible museums",
    "accounting-tax-services": "commercialista; chi ci tiene la contabilità; keeping the books",
    "agile-methods": "metodologie agili; agile coaching",
    "ai-governance": "consulenza sull'AI Act; AI Act advice",
    "air-quality-monitoring": "misurare la qualità dell'aria; air quality monitoring",
    "algorithm-audit": "audit dei modelli di IA; model audit",
    "animal-assisted-therapy": "pet therapy per bambini; horse therapy",
    "anonymisation": "anonimizzazione di sentenze; anonymisation of documents; data masking",
    "archival-services": "riordino di archivi; riordinare l'archivio; arranging archives",
    "beekeeping": "apicoltori di montagna; honey production",
    "bike-repair": "una ciclofficina; fixing bikes",
    "building-renovation": "un imbianchino; chi rifà il tetto: rifacimento tetti",
    "building-energy-certification": "attestato di prestazione energetica; APE",
    "business-continuity": "continuità operativa; business continuity planning",
    "carbon-footprint": "calcolo delle emissioni; carbon accounting",
    "coding-for-children": "coding a scuola; teaching kids to code",
    "community-cooperatives": "cooperative di comunità; community cooperatives",
    "controlled-vocabularies": "costruzione di tesauri; thesaurus construction",
    "copywriting": "testi pubblicitari; copywriter",
    "data-recovery": "recupero dati da hard disk; hard drive recovery",
    "data-visualisation": "visualizzazione dei dati; data visualization",
    "data-warehouse": "un data warehouse; data lakes; datawarehouse",
    "debt-collection": "recupero crediti; unpaid invoices",
    "deep-learning": "reti neurali; neural networks",
    "device-management": "gestione delle postazioni di lavoro; mobile device management",
    "digital-accessibility": "siti accessibili ai ciechi; websites blind people can use",
    "digital-facilitation-points": "aiutare gli anziani con lo SPID; help with digital services",
    "digital-literacy": "corsi di smartphone per anziani; digital exclusion",
    "domestic-worker-payroll": "buste paga delle badanti; domestic worker contracts",
    "dpo-services": "un DPO esterno; external DPO",
    "drone-filming": "riprese aeree; drone footage",
    "e-voting": "voto online; voting online",
    "easy-to-read": "testi facili da leggere; easy-to-read texts",
    "electronics-design": "schede elettroniche su misura; hardware design",
    "email-hosting": "caselle di posta; e-mail hosting; email",
    "eu-project-design": "scrivere un progetto europeo; progetti europei; EU proposal writing",
    "eu-project-management": "rendicontazione di progetti europei; grant reporting",
    "food-aid": "contro lo spreco alimentare; surplus food",
    "food-traceability": "tracciabilità alimentare; traceability of food",
    "forecasting": "previsione delle vendite; demand forecasting",
    "frontend-development": "sviluppo front-end; frontend development",
    "geophysical-surveys": "indagini con georadar; ground-penetrating radar",
    "graphic-design": "grafico; impaginare una rivista; book design",
    "health-data-interoperability": "mappatura LOINC; standards mapping in health",
    "heat-pumps": "pompa di calore; heat pumps",
    "home-care": "una badante; assistenza anziani; carers at home",
    "incident-response": "ci hanno hackerato; we have been hacked; incident response",
    "infographics": "infografiche; information graphics",
    "internet-access": "internet in montagna; rural broadband; banda larga",
    "it-support": "tecnico del computer; il computer non funziona; help-desk",
    "life-cycle-assessment": "analisi del ciclo di vita; LCA",
    "literary-translation": "tradurre un romanzo; book translation",
    "live-captioning": "sottotitoli in diretta; live captions",
    "load-testing": "test di carico; load testing",
    "machine-vision-inspection": "visione industriale; machine vision",
    "metrology": "taratura di strumenti; calibration services",
    "migrant-reception": "accoglienza di migranti; refugees",
    "municipal-websites": "rifare il sito del comune; council websites",
    "nis2-compliance": "adeguamento alla NIS2; NIS2",
    "number-plate-recognition": "lettura delle targhe; license plate recognition",
    "online-notice-board": "albo pretorio; official notice board",
    "online-tutoring": "tutor online; online tutoring",
    "parking-management": "gestione della sosta; car parks",
    "payroll": "chi ci fa le paghe; consulente del lavoro; payslips",
    "phishing-simulation": "mandare finte email ai dipendenti; fake phishing emails",
    "plain-language": "togliere il burocratese; plain English",
    "promotional-items": "gadget aziendali; promotional gifts",
    "proofreading": "correzione di bozze; proof-reading",
    "radio-links": "ponti radio; radio links",
    "retrieval-augmented-generation": "interrogare i documenti con l'IA; chat with documents",
    "school-meals-software": "pagamento della mensa; school meals payment",
    "school-transport": "scuolabus; school bus",
    "security-awareness": "corsi di sicurezza informatica; cyber hygiene",
    "security-governance": "certificarsi ISO 27001; ISO 27001 implementation",
    "semantic-search": "ricerca semantica; enterprise search",
    "sensors": "sensori; sensori su misura; sensor design",
    "shift-scheduling": "fare i turni; rota planning",
    "social-reporting": "bilancio sociale; redazione del bilancio sociale",
    "speech-recognition": "riconoscimento vocale; speech-to-text",
    "speech-synthesis": "sintesi vocale; text-to-speech",
    "speech-therapy": "logopedista; speech therapists",
    "structured-cabling": "cablaggio strutturato; network cabling",
    "study-support": "doposcuola; homework help",
    "sustainability-reporting": "bilancio di sostenibilità; CSRD",
    "system-administration": "sistemista; tenere in piedi i server; keep our servers running",
    "tactile-models": "mappe tattili; tactile models",
    "tax-returns": "dichiarazione dei redditi; ISEE",
    "transcription-services": "sbobinatura; trascrizione del consiglio comunale; meeting minutes",
    "transparency-publishing": "amministrazione trasparente; transparency portals",
    "virtualisation": "macchine virtuali; server virtualization",
    "vpn": "collegare le sedi con una VPN; virtual private networks",
    "web-scraping": "estrarre dati dai siti; web scraping",
    "website-privacy-compliance": "mettere a norma il sito; cookie banner",
    "wireless-networks": "reti wi-fi; wifi in piazza: wifi pubblico; Wi-Fi networks",
    "worker-buyouts": "workers buyout; employee ownership",
}

# Words like those of a name, in sentences that are about other things.
UNNAMED = """
la stanza virtuale; una bella serra; il documento illustra i dati; in breve; adozione di regole
sistemi di un'altra epoca; insegnare con passione; componenti; infrastruttura; un veicolo elettrico
il giardino della scuola; la collocazione in aula; amplificare la voce; tre pezzi di mosaico
il comune di Parma; una piattaforma; la nostra rete di amici; la posta in gioco; un buon film
sicurezza; assistenza; la stagione dei raccolti; scarpe pulite; chiavi di casa; un caffè amaro
foster collaboration; undertake new challenges; the envelope of the building; the urban fabric
preserve the landscape; forest of symbols; log in to the portal; a solid partner; a journal entry
we observe the rules; the narrative of the town; a container of ideas; lessons learned; kit bag
the GPS signal; hydraulic pressure; a single token; the virtual round table; keyboard shortcuts
""".replace("\n", ";")


def meant(text: str) -> set[str]:
    """The concepts that a text names, or means as a whole."""
    linker = Linker.load()
    named = {m.concept for m in linker.mentions(text) if not m.narrower}
    return named or {linker.topic(text) or ""}


@pytest.mark.parametrize(
    ("phrase", "concept"),
    [(phrase.strip(), concept) for concept, of in NAMED.items() for phrase in of.split(";")],
)
def test_people_name_it_so(phrase: str, concept: str) -> None:
    assert concept in meant(phrase)


@pytest.mark.parametrize("phrase", [one.strip() for one in UNNAMED.split(";") if one.strip()])
def test_words_like_a_name_are_none(phrase: str) -> None:
    assert not {m.concept for m in Linker.load().mentions(phrase)}
