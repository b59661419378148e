"""A tenant and what its `tenant.toml` may say."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import limits
from babel import Locale
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from examhall.errors import ConfigurationError

SLUG = re.compile(r"[a-z][a-z0-9-]{1,30}[a-z0-9]")
SLUG_RULE = "3 to 32 of a-z, 0-9 and hyphens, beginning with a letter, and no reserved word"
#: Names that would be mistaken for a part of the platform in an address.
RESERVED = frozenset({"admin", "api", "www", "static", "health", "con", "nul", "aux", "prn", "t"})
HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")
COLOUR = re.compile(r"#[0-9a-f]{6}")
#: Languages that the product speaks; a tenant picks among them.
LANGUAGES = ("en", "es", "ar")
#: WCAG 2.2 success criterion 1.4.3.
LEAST_CONTRAST = 4.5


def _matching(pattern: re.Pattern[str], remedy: str) -> AfterValidator:
    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(remedy)
        return text

    return AfterValidator(check)


Colour = Annotated[str, _matching(COLOUR, "give a colour as #rrggbb, in lower case")]
Host = Annotated[str, _matching(HOST, "give a host name in lower case, without scheme and port")]
Origin = Annotated[str, _matching(ORIGIN, "give an origin such as https://app.example.org")]
FileName = Annotated[
    str,
    _matching(re.compile(r"[\w-]+\.(svg|png|webp|ico)"), "give the name of a picture in the tenant's static folder"),
]


def _limit(text: str) -> str:
    try:
        limits.parse_many(text)
    except ValueError as error:
        raise ValueError('give a limit such as "600/minute"') from error
    return text


Limit = Annotated[str, AfterValidator(_limit)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Brand(_Table):
    """Colours and pictures. `on_primary` is written on `primary`; both `primary` and `accent` also stand on white."""

    primary: Colour
    on_primary: Colour = "#ffffff"
    accent: Colour
    logo: FileName = "logo.svg"
    favicon: FileName = "favicon.svg"

    @model_validator(mode="after")
    def readable(self) -> Brand:
        """Refuse colours that people with low vision can't read."""
        pairs = (
            ("on_primary", self.on_primary, self.primary),
            ("primary", self.primary, "#ffffff"),
            ("accent", self.accent, "#ffffff"),
        )
        for name, text, ground in pairs:
            ratio = contrast(text, ground)
            if ratio < LEAST_CONTRAST:
                raise ValueError(
                    f"{name}: {text} on {ground} has contrast {ratio:.1f}; take colours with at least {LEAST_CONTRAST}"
                )
        return self


class Limits(_Table):
    """How often one person may call one route, by bucket.

    `visit` counts by address where nobody is signed in; `sign_in` counts failures of one account on every path.
    """

    visit: Limit = "3000/minute"
    read: Limit = "1200/minute"
    write: Limit = "600/minute"
    save: Limit = "1200/minute"
    sign_in: Limit = "10/15 minutes"
    start: Limit = "1500/minute"
    import_: Limit = Field(default="20/minute", alias="import")
    export: Limit = "20/minute"


class SignIn(_Table):
    """How people sign in; passwords are the one method so far."""

    methods: tuple[Annotated[str, _matching(re.compile("password"), 'the one method so far is "password"')], ...] = (
        "password",
    )


class Cors(_Table):
    """Origins whose pages may call the API with a bearer token."""

    origins: tuple[Origin, ...] = ()


class Storage(_Table):
    """Where this tenant's data lives, where it isn't where the deployment puts everybody's."""

    database_url: str | None = None


class TenantSettings(_Table):
    """The content of `tenant.toml`, with the deployment's `instance/<slug>/tenant.toml` laid over it."""

    id: UUID
    names: Mapping[str, str]
    hosts: tuple[Host, ...] = Field(min_length=1)
    locales: tuple[str, ...] = Field(min_length=1)
    time_zone: str
    brand: Brand
    limits: Limits = Limits()
    sign_in: SignIn = SignIn()
    cors: Cors = Cors()
    storage: Storage = Storage()
    wording: Mapping[str, Mapping[str, str]] = {}
    views: Mapping[str, Mapping[str, Any]] = {}

    @field_validator("time_zone")
    @classmethod
    def known_zone(cls, name: str) -> str:
        """Refuse a zone that the tz database does not know."""
        if name not in _zones():
            raise ValueError("give a name of the tz database such as Europe/Madrid")
        return name

    @field_validator("locales")
    @classmethod
    def spoken(cls, locales: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse a language that the product is not translated into."""
        for locale in locales:
            if locale not in LANGUAGES:
                raise ValueError(f"{locale!r} is not spoken here yet; choose from {', '.join(LANGUAGES)}")
        return locales

    @model_validator(mode="after")
    def worded(self) -> TenantSettings:
        """A name for the first language, and wording whose placeholders are those of the text it replaces."""
        if self.locales[0] not in self.names:
            raise ValueError(f"names: give the organization's name in {self.locales[0]!r}, the first of locales")
        for locale, texts in self.wording.items():
            if locale not in self.locales:
                raise ValueError(f"wording: {locale!r} is none of this tenant's locales")
            for original, text in texts.items():
                if set(_places(original)) != set(_places(text)):
                    raise ValueError(f"wording.{locale}: {original!r} needs the same %(…)s places")
        return self


@cache
def _zones() -> frozenset[str]:
    # Looking through the tz database takes some 80 ms, and every tenant asks
    return frozenset(available_timezones())


def _places(text: str) -> list[str]:
    return re.findall(r"%\((\w+)\)[sd]", text)


@dataclass(frozen=True, slots=True)
class Tenant:
    """One organization: its folder and its settings. `id` is what its records, tokens and file names carry."""

    slug: str
    folder: Path
    settings: TenantSettings

    @property
    def id(self) -> UUID:
        """Immutable; a slug that is used again belongs to another tenant."""
        return self.settings.id

    @property
    def locales(self) -> tuple[str, ...]:
        """Its languages, the default one first."""
        return self.settings.locales

    @property
    def limits(self) -> Mapping[str, str]:
        """Bucket to limit."""
        return self.settings.limits.model_dump(by_alias=True)

    @property
    def zone(self) -> ZoneInfo:
        """The zone that its dates are shown in."""
        return ZoneInfo(self.settings.time_zone)

    def name_in(self, language: str) -> str:
        """The organization's name in a language, or in its first language where it has none there."""
        return self.settings.names.get(language) or self.settings.names[self.locales[0]]

    @property
    def name(self) -> str:
        """The organization's name in its first language."""
        return self.name_in(self.locales[0])


def load_tenant(folder: Path, instance: Path) -> Tenant:
    """The tenant of `folder`, with the deployment's own `tenant.toml` from `instance` laid over table by table.

    Raises `ConfigurationError` naming file, key and remedy.
    """
    return tenant_of(folder, instance, read_toml(folder / "tenant.toml"))


def tenant_of(folder: Path, instance: Path, values: Mapping[str, Any]) -> Tenant:
    """The tenant that `values` make when they stand in the `tenant.toml` of `folder`. Raises as `load_tenant` does."""
    slug = folder.name
    if not SLUG.fullmatch(slug) or slug in RESERVED or slug.startswith("xn--"):
        raise ConfigurationError(folder, "folder name", SLUG_RULE)
    override = instance / slug / "tenant.toml"
    if override.is_file():
        values = _merged(values, read_toml(override))
    try:
        return Tenant(slug, folder, TenantSettings.model_validate(values))
    except ValidationError as error:
        source = override if override.is_file() else folder / "tenant.toml"
        raise ConfigurationError.together(
            [ConfigurationError(source, *reason) for reason in _reasons(error)]
        ) from error


def read_toml(file: Path) -> dict[str, Any]:
    """The content of a TOML file. Raises `ConfigurationError` where it can't be read."""
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(file, "file", f"it can't be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(file, "file", f"not valid TOML: {error}") from error


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        merged[key] = (
            _merged(merged[key], value) if isinstance(value, dict) and isinstance(merged.get(key), dict) else value
        )
    return merged


def _reasons(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Key and remedy of each thing that is wrong."""
    for item in error.errors(include_url=False):
        key = ".".join(str(part) for part in item["loc"]) or "tenant"
        if item["type"] == "extra_forbidden":
            yield key, "there is no such key; take it out or mend its spelling"
        elif item["type"] == "missing":
            yield key, "this key is needed"
        else:
            yield key, item["msg"].removeprefix("Value error, ")


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, «contrast ratio» and «relative luminance»)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def direction(language: str) -> str:
    """`ltr` or `rtl`."""
    return Locale.parse(language).text_direction
