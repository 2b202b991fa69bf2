"""What the sample's firms make: per capability area the products, their price and output, parts, flags and class."""

from collections.abc import Mapping
from dataclasses import dataclass

Origins = Mapping[str, float]

DOMESTIC: Origins = {"UA": 0.9, "PL": 0.1}
EUROPEAN: Origins = {"DE": 0.3, "PL": 0.2, "CZ": 0.15, "FR": 0.1, "NL": 0.1, "EE": 0.05, "SE": 0.1}
ASIAN: Origins = {"CN": 0.75, "TW": 0.25}
CHIPS: Origins = {"TW": 0.5, "US": 0.3, "DE": 0.2}
AMERICAN: Origins = {"US": 0.8, "GB": 0.2}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A kind of component: its share of the bill of materials, pieces per product, and where it usually comes from."""

    name: str
    share: float
    pieces: int
    origins: Origins


def _parts(*lines: tuple[str, float, int, Origins]) -> tuple[Part, ...]:
    return tuple(Part(name=name, share=share, pieces=pieces, origins=origins) for name, share, pieces, origins in lines)


DRONE = _parts(
    ("airframe", 0.2, 1, DOMESTIC), ("motor", 0.22, 4, ASIAN), ("battery pack", 0.16, 1, ASIAN),
    ("flight controller", 0.14, 1, DOMESTIC), ("camera module", 0.14, 1, ASIAN), ("radio link", 0.14, 1, EUROPEAN),
)  # fmt: skip
LONG_RANGE = _parts(
    ("composite wing and fuselage", 0.25, 1, DOMESTIC), ("piston engine", 0.25, 1, EUROPEAN),
    ("autopilot", 0.15, 1, DOMESTIC), ("satellite receiver", 0.1, 2, CHIPS), ("servo", 0.1, 6, ASIAN),
    ("anti-jam antenna", 0.15, 1, DOMESTIC),
)  # fmt: skip
PLATFORM = _parts(
    ("hull or chassis", 0.3, 1, DOMESTIC), ("drive unit", 0.2, 2, ASIAN), ("battery pack", 0.15, 2, ASIAN),
    ("control computer", 0.12, 1, CHIPS), ("camera mast", 0.11, 1, EUROPEAN), ("radio link", 0.12, 1, DOMESTIC),
)  # fmt: skip
RADIO = _parts(
    ("power amplifier", 0.25, 4, CHIPS), ("software-defined radio board", 0.25, 2, AMERICAN),
    ("antenna set", 0.2, 1, DOMESTIC), ("housing and cooling", 0.15, 1, DOMESTIC), ("power supply", 0.15, 1, EUROPEAN),
)  # fmt: skip
SENSOR = _parts(
    ("detector matrix", 0.3, 1, EUROPEAN), ("optics", 0.2, 1, DOMESTIC), ("signal processor", 0.2, 2, CHIPS),
    ("housing", 0.15, 1, DOMESTIC), ("cabling and mounts", 0.15, 1, EUROPEAN),
)  # fmt: skip
COMPUTER = _parts(
    ("compute module", 0.4, 1, AMERICAN), ("carrier board", 0.25, 1, DOMESTIC), ("storage", 0.15, 2, ASIAN),
    ("rugged enclosure", 0.2, 1, DOMESTIC),
)  # fmt: skip
MUNITION = _parts(
    ("steel body", 0.3, 1, DOMESTIC), ("energetic filling", 0.3, 1, EUROPEAN), ("initiator", 0.2, 1, DOMESTIC),
    ("packaging", 0.08, 1, DOMESTIC), ("driving band", 0.12, 1, EUROPEAN),
)  # fmt: skip
MACHINE = _parts(
    ("frame and plates", 0.35, 1, DOMESTIC), ("hydraulics", 0.2, 2, EUROPEAN), ("diesel engine", 0.25, 1, EUROPEAN),
    ("control electronics", 0.2, 1, CHIPS),
)  # fmt: skip
KIT = _parts(
    ("textile and harness", 0.35, 1, DOMESTIC), ("plastic parts", 0.25, 6, DOMESTIC),
    ("consumables", 0.25, 8, EUROPEAN), ("case", 0.15, 1, ASIAN),
)  # fmt: skip
POWER = _parts(
    ("cells", 0.45, 48, ASIAN), ("battery management board", 0.2, 1, CHIPS), ("housing", 0.2, 1, DOMESTIC),
    ("inverter", 0.15, 1, EUROPEAN),
)  # fmt: skip
MATERIAL = _parts(
    ("raw material", 0.45, 1, EUROPEAN), ("resin or alloy", 0.25, 1, ASIAN), ("tooling per piece", 0.15, 1, DOMESTIC),
    ("machine time and spares", 0.15, 1, DOMESTIC),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Product:
    """What can be made in one area; cost in EUR per piece, output in pieces per month of a mature maker."""

    titles: tuple[str, ...]
    cost: tuple[int, int]
    output: tuple[int, int]
    parts: tuple[Part, ...]
    flags: Mapping[str, float]
    export_class: str


LETHAL = {"lethal": 1.0}
DUAL = {"dual_use": 0.7, "none": 0.3}
PLAIN = {"none": 0.8, "dual_use": 0.2}


def _product(
    titles: str,
    cost: tuple[int, int],
    output: tuple[int, int],
    parts: tuple[Part, ...],
    flags: Mapping[str, float],
    export_class: str,
) -> Product:
    return Product(
        titles=tuple(title.strip() for title in titles.split("|")), cost=cost, output=output, parts=parts, flags=flags,
        export_class=export_class,
    )  # fmt: skip


PRODUCTS: Mapping[str, Product] = {
    "UMS.UAS.FPV": _product(
        "Fibre-guided FPV drone | FPV drone with terminal guidance | Night FPV drone",
        (350, 1400), (300, 6000), DRONE, LETHAL, "ML10"),
    "UMS.UAS.ISR": _product(
        "Fixed-wing reconnaissance drone | Quiet multirotor observer | Relay drone with mesh radio",
        (9_000, 60_000), (5, 60), LONG_RANGE, DUAL, "9A012"),
    "UMS.UAS.DEEP": _product(
        "Long-range one-way drone | Jet-assisted long-range drone | Low-cost decoy drone",
        (18_000, 140_000), (5, 80), LONG_RANGE, LETHAL, "ML10"),
    "UMS.UAS.BOMB": _product(
        "Heavy reusable hexacopter | Night delivery octocopter | Heavy cargo multirotor",
        (7_000, 22_000), (10, 150), DRONE, LETHAL, "ML10"),
    "UMS.UAS.LM": _product(
        "Tube-launched loitering munition | Winged loitering munition | Loitering munition with optical lock",
        (12_000, 70_000), (10, 120), LONG_RANGE, {"lethal": 0.85, "lethal;lethal_autonomous": 0.15}, "ML4"),
    "UMS.UGV": _product(
        "Tracked cargo and evacuation robot | Wheeled demining robot carrier | Remote turret platform",
        (9_000, 45_000), (5, 60), PLATFORM, {"none": 0.4, "dual_use": 0.3, "lethal": 0.3}, "ML6"),
    "UMS.USV": _product(
        "Patrol surface vessel without crew | Harbour guard vessel | Fast surface vessel without crew",
        (60_000, 240_000), (1, 10), PLATFORM, {"dual_use": 0.5, "lethal": 0.5}, "ML9"),
    "UMS.UUV": _product(
        "Underwater survey vehicle | Tethered inspection vehicle | Underwater mine finder",
        (40_000, 180_000), (1, 8), PLATFORM, DUAL, "8A001"),
    "CUS.DET": _product(
        "Passive radio-frequency drone detector | Drone signal analyser | Compact drone radar",
        (3_000, 60_000), (5, 200), SENSOR, DUAL, "5A001"),
    "CUS.INT": _product(
        "High-speed interceptor drone | Net-throwing interceptor | Interceptor with optical seeker",
        (1_500, 7_000), (50, 1500), DRONE, LETHAL, "ML10"),
    "CUS.JAM": _product(
        "Vehicle dome jammer | Trench jammer | Adaptive band jammer",
        (1_200, 18_000), (20, 400), RADIO, DUAL, "ML11"),
    "CUS.KIN": _product(
        "Automated short-range turret | Smart sight for small arms | Canister round against drones",
        (2_000, 90_000), (5, 200), MACHINE, LETHAL, "ML5"),
    "EW.ATT": _product(
        "Modular directional jammer | Navigation spoofing station | Wide-band suppression station",
        (8_000, 160_000), (2, 40), RADIO, DUAL, "ML11"),
    "EW.SUP": _product(
        "Direction finder network | Spectrum survey backpack | Video link interceptor",
        (4_000, 80_000), (3, 80), RADIO, DUAL, "5A001"),
    "EW.PRO": _product(
        "Anti-jam antenna array | Frequency-hopping data link | Optical navigation module",
        (300, 6_000), (40, 2000), RADIO, DUAL, "7A005"),
    "CYB.DEF": _product(
        "Intrusion hunting platform | Deception network | Log analysis for closed networks",
        (15_000, 90_000), (1, 8), COMPUTER, PLAIN, "5D002"),
    "CYB.OT": _product(
        "Industrial network monitor | Grid controller firewall | Pump and valve anomaly detector",
        (8_000, 50_000), (1, 20), COMPUTER, PLAIN, "5A002"),
    "CYB.COM": _product(
        "Secure messaging for small teams | Mesh radio encryptor | Quantum-safe gateway",
        (400, 20_000), (10, 300), COMPUTER, DUAL, "5A002"),
    "AMD.SEN": _product(
        "Passive air-defence sensor net | Low-altitude gap-filler radar | Infrared search station",
        (60_000, 700_000), (1, 6), SENSOR, DUAL, "ML5"),
    "AMD.EFF": _product(
        "Short-range interceptor missile | Guided rocket against drones | Remote anti-air turret",
        (25_000, 350_000), (1, 40), MUNITION, LETHAL, "ML4"),
    "AMD.C2": _product(
        "Air picture fusion software | Mobile fire group coordination | Air-defence training simulator",
        (20_000, 150_000), (1, 6), COMPUTER, PLAIN, "ML21"),
    "SPS.EO": _product(
        "Uncooled thermal camera core | Stabilised two-axis camera | Day and night sight",
        (700, 25_000), (20, 800), SENSOR, DUAL, "6A003"),
    "SPS.RAD": _product(
        "Ground surveillance radar | Synthetic aperture radar pod | Counter-battery radar module",
        (40_000, 500_000), (1, 8), SENSOR, DUAL, "6A008"),
    "SPS.SAT": _product(
        "Satellite image analysis service | Small-satellite radio payload | Ground terminal",
        (10_000, 400_000), (1, 12), COMPUTER, PLAIN, "9A004"),
    "SPS.ACO": _product(
        "Acoustic drone detection net | Acoustic artillery locator | Underwater acoustic buoy",
        (400, 9_000), (20, 900), SENSOR, PLAIN, "6A001"),
    "AIN.SA": _product(
        "Common operating picture | Video stream fusion | Damage assessment maps",
        (10_000, 80_000), (1, 15), COMPUTER, PLAIN, "ML21"),
    "AIN.TGT": _product(
        "Optical target recognition module | Terminal guidance module | Automatic tracker for cameras",
        (150, 3_000), (50, 5000), COMPUTER, {"dual_use": 0.75, "lethal": 0.17, "lethal_autonomous": 0.08}, "ML21"),
    "AIN.SWM": _product(
        "Swarm coordination software | Autonomous navigation without satellites | Group mission planner",
        (300, 9_000), (20, 1500), COMPUTER, {"dual_use": 0.85, "lethal_autonomous": 0.15}, "ML21"),
    "AIN.C2": _product(
        "Battle management tablet software | Fire mission workflow | Drone fleet management",
        (5_000, 60_000), (1, 30), COMPUTER, PLAIN, "ML21"),
    "GCM.AMM": _product(
        "Mortar rounds | Warheads for drones | Rifle-calibre training rounds",
        (40, 900), (800, 30_000), MUNITION, {"lethal": 0.85, "lethal;cluster_munition": 0.15}, "ML3"),
    "GCM.ART": _product(
        "Towed mortar carriage | Barrel refurbishment | Unguided rocket motor",
        (6_000, 240_000), (1, 60), MACHINE, LETHAL, "ML2"),
    "GCM.VEH": _product(
        "Protected patrol vehicle | Armour kit for lorries | Spall liner panels",
        (4_000, 260_000), (2, 60), MACHINE, PLAIN, "ML6"),
    "GCM.DEM": _product(
        "Remote flail machine | Ground-penetrating detector | Demining survey drone",
        (6_000, 220_000), (1, 40), MACHINE, {"none": 1.0}, "ML4"),
    "LOG.MED": _product(
        "Tourniquet and wound kit | Portable ventilator | Casualty tracking tags",
        (25, 6_000), (100, 9000), KIT, {"none": 1.0}, "none"),
    "LOG.SUP": _product(
        "Evacuation stretcher robot | Cargo drop container | Field repair workshop",
        (400, 60_000), (4, 300), KIT, PLAIN, "none"),
    "LOG.ENE": _product(
        "Portable power station | Drone battery packs | Hybrid field generator",
        (150, 9_000), (40, 3000), POWER, PLAIN, "3A001"),
    "MFG.ELE": _product(
        "Flight controller boards | Power electronics boards | Printed circuit assembly",
        (20, 400), (500, 20_000), COMPUTER, DUAL, "3A001"),
    "MFG.MOT": _product(
        "Brushless motors | Small piston engines | Micro-turbine",
        (15, 9_000), (60, 20_000), MATERIAL, DUAL, "9A012"),
    "MFG.COM": _product(
        "Carbon airframes | Radome shells | Moulded hulls",
        (60, 7_000), (40, 3000), MATERIAL, DUAL, "1A002"),
    "MFG.ADD": _product(
        "Printed metal parts | Printed polymer housings | Spare parts on demand",
        (10, 900), (100, 8000), MATERIAL, PLAIN, "none"),
}  # fmt: skip

FIRMS_PER_ROOT: Mapping[str, int] = {
    "UMS": 23, "CUS": 14, "EW": 12, "CYB": 9, "AMD": 7, "SPS": 11, "AIN": 12, "GCM": 10, "LOG": 7, "MFG": 8,
}  # fmt: skip
"""Firms without the planted ones."""

DESCRIPTORS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "UMS.UAS": (("Аеро", "Aero"), ("Безпілотники", "Drones")),
    "UMS.UGV": (("Робототехніка", "Robotics"),),
    "UMS.USV": (("Морські системи", "Marine Systems"),),
    "UMS.UUV": (("Глибина", "Depth"),),
    "CUS": (("Антидрон", "Counter-Drone"), ("Щит", "Shield"), ("Протидія", "Countermeasures")),
    "EW": (("Радіо", "Radio"), ("Спектр", "Spectrum"), ("Хвиля", "Wave")),
    "CYB": (("Кібер", "Cyber"), ("Мережі", "Networks"), ("Шифр", "Cipher")),
    "AMD": (("Небо", "Sky"), ("Протиповітряні системи", "Air Defence Systems")),
    "SPS": (("Сенсори", "Sensors"),),
    "SPS.EO": (("Оптика", "Optics"),),
    "SPS.SAT": (("Орбіта", "Orbit"),),
    "AIN": (("Інтелект", "Intelligence"), ("Софт", "Software"), ("Автономія", "Autonomy")),
    "GCM.AMM": (("Метал", "Metal"),),
    "GCM.ART": (("Механіка", "Mechanics"),),
    "GCM.VEH": (("Броня", "Armour"),),
    "GCM.DEM": (("Розмінування", "Demining"),),
    "LOG.MED": (("Медтех", "Medtech"),),
    "LOG.SUP": (("Логістика", "Logistics"),),
    "LOG.ENE": (("Енергія", "Energy"),),
    "MFG.ELE": (("Електроніка", "Electronics"),),
    "MFG.MOT": (("Двигуни", "Engines"),),
    "MFG.COM": (("Композит", "Composite"),),
    "MFG.ADD": (("Адитив", "Additive"),),
}
"""Second words of firms' names, Ukrainian and English, by area or an area above it."""

NEIGHBOURS: Mapping[str, tuple[str, ...]] = {
    "UMS": ("AIN", "MFG"), "CUS": ("EW", "SPS"), "EW": ("CUS", "CYB"), "CYB": ("AIN", "EW"), "AMD": ("SPS", "CUS"),
    "SPS": ("AIN", "MFG"), "AIN": ("UMS", "CYB"), "GCM": ("MFG", "LOG"), "LOG": ("MFG", "UMS"), "MFG": ("LOG", "UMS"),
}  # fmt: skip
"""Where a firm's further capabilities may lie when they are not under its own root."""


def descriptors(area: str) -> tuple[tuple[str, str], ...]:
    """Give the second words for an area: its own, or those of the nearest area above it."""
    while area not in DESCRIPTORS:
        area = area.rpartition(".")[0]
    return DESCRIPTORS[area]


def leaves(root: str) -> list[str]:
    """List the areas of the catalogue below a root."""
    return [code for code in PRODUCTS if code.split(".")[0] == root]
