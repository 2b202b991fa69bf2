"""Invented names: words that mean nothing, their official transliteration, and people who do not exist."""

import random
from collections.abc import Iterator

_INITIAL = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_LETTER = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z", "и": "y",
    "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "'": "", "’": "",
    "ю": "iu", "я": "ia",
}  # fmt: skip

WORDS = (
    "Аврен", "Базур", "Бервінд", "Бузгорн", "Вазгіл", "Велдарн", "Вирлум", "Вихрель", "Гавлерт", "Глезур", "Горвель",
    "Гримзол", "Ґалфор", "Ґердум", "Дзвенарт", "Дивзорн", "Дрозміль", "Євгралд", "Єльмарис", "Жавдорн", "Жерлун",
    "Зайворд", "Здвигол", "Згардол", "Зенвіль", "Зимратол", "Іверандо", "Ізгольд", "Їжварт", "Калдрум", "Кремзіл",
    "Кужворн", "Лазмірт", "Ловгінт", "Люмзар", "Мавгорн", "Межвіль", "Мрійвел", "Назгурт", "Нив'ярт", "Обрувал",
    "Озвінд", "Палзорн", "Перлунт", "Пружваль", "Разгвіль", "Рудзель", "Свитгал", "Скелгорн", "Сяймур", "Тавгрен",
    "Терквель", "Тучварт", "Угрезол", "Фалвірт", "Фенгур", "Хвилдарт", "Храмзен", "Цвірзал", "Чеврул", "Шалвірт",
    "Щедварт", "Щирмоль", "Южвель", "Яргвін", "Янзоль",
)  # fmt: skip
_ENDINGS = ("ика", "он", "ис", "ента", "ум", "аро", "ея", "ина")

_GIVEN = (
    "Андрій", "Богдан", "Валерія", "Віра", "Галина", "Данило", "Євген", "Зоряна", "Ігор", "Ірина", "Катерина", "Лев",
    "Марія", "Мирослав", "Надія", "Назар", "Оксана", "Олег", "Павло", "Роман", "Софія", "Тарас", "Уляна", "Юрій",
)  # fmt: skip
_FAMILY_STEMS = (
    "Авдрен", "Бурвіл", "Вердуз", "Гланор", "Дерзул", "Жовмір", "Закрун", "Ізвол", "Кавруш", "Лимзар", "Мезгін",
    "Ножвір", "Онгвал", "Прузмар", "Ревдул", "Смирзан", "Тулгрен", "Ужвел", "Форзин", "Хедвал", "Цурмел", "Чорзул",
    "Шемвір", "Яшгор",
)  # fmt: skip
_FAMILY_ENDINGS = ("енко", "чук", "ко", "юк")


def transliterate(text: str) -> str:
    """Write Ukrainian in Latin letters by the Cabinet of Ministers' table of 27 January 2010, resolution No. 55."""
    written: list[str] = []
    before = ""
    for letter in text:
        low = letter.lower()
        if low == "г" and before == "з":
            latin = "gh"
        elif low in _INITIAL and not (before.isalpha() or before in {"'", "’"}):
            latin = _INITIAL[low]
        else:
            latin = _LETTER.get(low, letter)
        written.append(latin.capitalize() if letter.isupper() else latin)
        before = low
    return "".join(written)


def slug(text: str) -> str:
    """Make the lower-case word of a key out of a name."""
    latin = transliterate(text).lower()
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in latin).split())


def invented_words() -> Iterator[str]:
    """Yield Ukrainian-sounding words without a meaning, each once: first the plain ones, then with an ending."""
    yield from WORDS
    for index, word in enumerate(WORDS):
        yield word.rstrip("аоь") + _ENDINGS[index % len(_ENDINGS)]


def person(rng: random.Random) -> str:
    """Make up a person: a common given name and a family name that nobody bears; in Ukrainian letters."""
    family = rng.choice(_FAMILY_STEMS) + rng.choice(_FAMILY_ENDINGS)
    return f"{rng.choice(_GIVEN)} {family}"
