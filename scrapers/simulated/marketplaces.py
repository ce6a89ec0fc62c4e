"""The invented marketplaces: what each one shows and how it writes it."""

from __future__ import annotations

from dataclasses import dataclass

CURRENCIES = ("USD", "EUR", "GBP", "INR", "BRL", "THB", "RUB", "AUD")
LEVELS = ("entry", "intermediate", "expert")

_ENGLISH_CATEGORIES = (
    "Software & IT",
    "Writing & Translation",
    "Design & Media",
    "Sales & Marketing",
    "Business Services",
    "Admin Support",
    "Micro Tasks",
)


@dataclass(frozen=True, kw_only=True)
class Market:
    """Facts of one marketplace.

    Attributes:
        key: Platform key.
        title: Name for readers.
        side: 0 for requests, 1 for offers.
        weight: Its share of the side's listings.
        languages: Shares of languages, by code.
        currencies: Shares of currencies, by ISO code.
        notation: How it writes money; see `scrapers.simulated.notation`.
        hourly: Share of listings paid by the hour.
        categories: Its own category names, in the order of `planted.OCCUPATIONS`.
        levels: Its own words for the three levels of experience or of sellers.
        durations: Its own words for lengths of work.
        urgent: Its own urgency mark.
        countries: Countries of its clients or sellers, in its own words.
        days: Its words for one day and for several; two nulls where it shows no delivery time.
        shows_bids: Whether it shows the number of proposals and their average.
    """

    key: str
    title: str
    side: int
    weight: float
    languages: dict[str, float]
    currencies: dict[str, float]
    notation: str
    hourly: float
    categories: tuple[str, ...]
    levels: tuple[str, str, str] = ("Entry", "Intermediate", "Expert")
    durations: tuple[str, ...] = ("Less than 1 week", "1 to 4 weeks", "1 to 3 months", "3 to 6 months")
    urgent: str = "Urgent"
    countries: tuple[str, ...] = (
        "United States",
        "United Kingdom",
        "Canada",
        "Australia",
        "India",
        "Germany",
    )
    days: tuple[str | None, str | None] = (None, None)
    shows_bids: bool = False


MARKETS: tuple[Market, ...] = (
    Market(
        key="sim_taskharbor",
        title="Taskharbor (simulated)",
        side=0,
        weight=0.40,
        languages={"en": 0.95, "es": 0.03, "fr": 0.02},
        currencies={"USD": 1.0},
        notation="dollar",
        hourly=0.30,
        categories=_ENGLISH_CATEGORIES,
        days=("day", "days"),
    ),
    Market(
        key="sim_lancehub",
        title="Lancehub (simulated)",
        side=0,
        weight=0.28,
        languages={"en": 0.92, "ru": 0.04, "pt": 0.04},
        currencies={"USD": 0.55, "INR": 0.15, "GBP": 0.12, "EUR": 0.10, "AUD": 0.08},
        notation="menu",
        hourly=0.20,
        categories=(
            "Websites, IT & Programming",
            "Writing & Content",
            "Design & Architecture",
            "Sales, Ads & Marketing",
            "Accounting, HR & Legal",
            "Data Entry & Office",
            "Small Jobs",
        ),
        shows_bids=True,
    ),
    Market(
        key="sim_auftragswerk",
        title="Auftragswerk (simuliert)",
        side=0,
        weight=0.14,
        languages={"de": 0.80, "fr": 0.20},
        currencies={"EUR": 1.0},
        notation="german",
        hourly=0.25,
        categories=(
            "IT & Entwicklung",
            "Text & Übersetzung",
            "Grafik & Medien",
            "Marketing & Vertrieb",
            "Beratung & Recht",
            "Büro & Dateneingabe",
            "Kleinaufträge",
        ),
        levels=("Einsteiger", "Fortgeschritten", "Experte"),
        durations=("unter 1 Woche", "1 bis 4 Wochen", "1 bis 3 Monate", "3 bis 6 Monate"),
        urgent="Dringend",
        countries=("Deutschland", "Österreich", "Schweiz", "Frankreich"),
    ),
    Market(
        key="sim_trabajoya",
        title="Trabajoya (simulado)",
        side=0,
        weight=0.15,
        languages={"es": 0.60, "pt": 0.40},
        currencies={"USD": 0.65, "BRL": 0.35},
        notation="latin",
        hourly=0.15,
        categories=(
            "Programación y tecnología",
            "Redacción y traducción",
            "Diseño y multimedia",
            "Marketing y ventas",
            "Finanzas y legal",
            "Soporte administrativo",
            "Microtareas",
        ),
        levels=("Principiante", "Intermedio", "Experto"),
        durations=("Menos de 1 semana", "1 a 4 semanas", "1 a 3 meses", "3 a 6 meses"),
        urgent="Urgente",
        countries=("México", "Argentina", "Colombia", "España", "Brasil", "Chile"),
        days=("día", "días"),
    ),
    Market(
        key="sim_delomarket",
        title="Delomarket (simulated)",
        side=0,
        weight=0.03,
        languages={"ru": 1.0},
        currencies={"RUB": 1.0},
        notation="russian",
        hourly=0.0,
        categories=(
            "Разработка и IT",
            "Тексты и переводы",
            "Дизайн и медиа",
            "Реклама и продажи",
            "Финансы и право",
            "Офис и данные",
            "Мелкие задания",
        ),
        levels=("Новичок", "Средний", "Эксперт"),
        durations=("до 1 недели", "1–4 недели", "1–3 месяца", "3–6 месяцев"),
        urgent="Срочно",
        countries=("Россия", "Казахстан", "Сербия"),
    ),
    Market(
        key="sim_gigbazaar",
        title="Gigbazaar (simulated)",
        side=1,
        weight=0.70,
        languages={"en": 0.93, "es": 0.03, "pt": 0.02, "fr": 0.02},
        currencies={"USD": 0.85, "EUR": 0.15},
        notation="from",
        hourly=0.0,
        categories=(
            "Programming & Tech",
            "Writing & Translation",
            "Graphics & Video",
            "Digital Marketing",
            "Business",
            "Office & Data",
            "Micro Gigs",
        ),
        levels=("New Seller", "Level 1", "Level 2"),
        countries=("Pakistan", "India", "Ukraine", "Nigeria", "United States", "Spain"),
        days=("day", "days"),
    ),
    Market(
        key="sim_craftlane",
        title="Craftlane (simulated)",
        side=1,
        weight=0.25,
        languages={"en": 0.80, "de": 0.10, "fr": 0.10},
        currencies={"GBP": 0.80, "EUR": 0.20},
        notation="rate",
        hourly=1.0,
        categories=_ENGLISH_CATEGORIES,
        levels=("Rising", "Established", "Leading"),
        countries=("United Kingdom", "Ireland", "Germany", "France", "Portugal", "Kenya"),
        days=("day", "days"),
    ),
    Market(
        key="sim_ngandii",
        title="Ngandii (simulated)",
        side=1,
        weight=0.05,
        languages={"th": 1.0},
        currencies={"THB": 1.0},
        notation="thai",
        hourly=0.0,
        categories=(
            "เว็บไซต์และเทคโนโลยี",
            "เขียนและแปล",
            "กราฟิกและมีเดีย",
            "การตลาด",
            "ที่ปรึกษาและบัญชี",
            "งานสำนักงาน",
            "งานเล็ก",
        ),
        levels=("มือใหม่", "มืออาชีพ", "ยอดนิยม"),
        countries=("ประเทศไทย",),
        days=("วัน", "วัน"),
    ),
)

BY_KEY: dict[str, Market] = {market.key: market for market in MARKETS}
