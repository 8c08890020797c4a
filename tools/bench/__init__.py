"""Time and memory on this machine, beside another program: ``python -m tools.bench``.

Imports nothing but the standard library: the other program's environment reads it, too.
"""

from pathlib import Path

ROOT = Path(__file__).parents[2]
QUESTIONS = (
    "chi fa data engineering per le cooperative agricole",
    "verifiche di accessibilità di siti web di comuni",
    "web accessibility testing with blind users",
    "sensori per l'irrigazione e previsioni in campo",
    "integrazione SPID e CIE nel portale del comune",
    "payroll software for social cooperatives",
    "digitalizzazione di archivi storici e notarili",
    "penetration test di applicazioni web con metodo OWASP",
)
