"""What a department can set: in one TOML file, named by COHORTSCOPE_SETTINGS, or in the environment.

Every setting has a value that suits one laptop; `docs/settings.md` lists them all. A variable of the environment names
its table and itself, and counts more than the file: COHORTSCOPE_LIMITS__UPLOAD_MB=50.
"""

from __future__ import annotations

import ipaddress
import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource
from pydantic_settings import SettingsError as PlaceError

FILE = "COHORTSCOPE_SETTINGS"
_PREFIX = "COHORTSCOPE_"
Port = Annotated[int, Field(ge=1, le=65535)]


_OPEN = ("others could open the app, and nobody asks who they are. Set sign_in.by for a department's server "
         "(docs/hosting.md), or say that everyone may: sign_in.open_to_everyone = true")


class SettingsError(Exception):
    """Says which setting is wrong, and why."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Server(_Table):
    """Where the department's server is reached, and what it consists of."""

    name: str = Field("localhost", description="name in the address that people open; no other name is answered")
    address: str = Field("127.0.0.1", description="address of the network card to listen on; 0.0.0.0 for all")
    port: Port = Field(8500, description="port to listen on")
    outer_port: Port | None = Field(None, description="port in people's address, if a container or proxy maps it")
    certificate: Path | None = Field(None, description="TLS certificate with its chain (PEM)")
    key: Path | None = Field(None, description="private key of the certificate (PEM)")
    tls_in_front: bool = Field(False, description="another proxy in front of this one does TLS")
    processes: int = Field(3, ge=1, le=64, description="number of app processes; each serves about 20 people")
    first_port: Port = Field(8600, description="first port of the processes, on this machine alone")
    folder: Path = Field(Path("/tmp/cohortscope"), description="folder for the proxy's configuration, secret, "
                         "metrics and line of tasks; no data")
    drain_minutes: float = Field(30, ge=0, description="minutes that people can work on in a process that is replaced")


    @property
    def encrypted(self) -> bool:
        """Tell whether people reach the server by https."""
        return self.certificate is not None or self.tls_in_front

    @property
    def origin(self) -> str:
        """Return the address that people open, as their browsers name it: without the port where that is the usual."""
        port, usual = self.outer_port or self.port, 443 if self.encrypted else 80
        return f"{'https' if self.encrypted else 'http'}://{self.name}" + (f":{port}" if port != usual else "")


class SignIn(_Table):
    """Who may enter."""

    by: Literal["nobody", "openid", "proxy"] = Field(
        "nobody", description="who says who somebody is: nobody (no sign-in), an OpenID provider, the proxy's header")
    open_to_everyone: bool = Field(False, description="no sign-in although others reach the server: on purpose")
    issuer: str = Field("", description="address of the OpenID provider: https://login.hospital.example/realms/staff")
    client: str = Field("", description="the name under which the provider knows this app")
    client_secret: SecretStr = Field(SecretStr(""), description="secret shared with the provider")
    header: str = Field("X-Remote-User", description="header in which the proxy in front always says who it is")
    roles_header: str = Field("X-Remote-Groups", description="header with the groups, divided by commas")
    roles_claim: str = Field("groups", description="claim of the provider that lists the groups")
    trusted_proxies: tuple[str, ...] = Field(("127.0.0.1",), description="addresses or networks of "
                                             "proxies whose headers are believed")
    may_enter: tuple[str, ...] = Field((), description="groups that may enter; none: all who sign in")
    may_upload: tuple[str, ...] = Field((), description="groups that may load files, while others see the sample "
                                        "alone; none: all may")
    idle_minutes: float = Field(60, gt=0, description="minutes without a click after which a session ends")
    hours: float = Field(12, gt=0, description="hours after which one signs in again")
    scopes: str = Field("openid email profile", description="asked of the provider; some need groups for the groups")
    bind_to_address: bool = Field(True, description="a sign-in counts for the address alone from which it was made")


    def trusts(self, address: str) -> bool:
        """Tell whether the headers of a proxy at an address are believed."""
        try:
            return any(ipaddress.ip_address(address) in ipaddress.ip_network(each) for each in self.trusted_proxies)
        except ValueError:
            return False


class Limits(_Table):
    """What one person can take of the machine."""

    upload_mb: int = Field(200, ge=1, le=200, description="largest size of a file")
    files: int = Field(20, ge=1, description="number of files that one session loads at once")
    session_mb: int = Field(1024, ge=1, description="size of all files that one session keeps")
    memory_percent: float = Field(85, gt=0, le=100, description="share of the memory (of the machine, container or "
                                  "unit) above which no new file is read; 5 % later the largest idle session is "
                                  "warned, then ended")
    idle_minutes: float = Field(10, gt=0, description="minutes without a click after which a session is idle there")
    warning_minutes: float = Field(2, gt=0, description="minutes between that warning and the end")
    tasks_at_once: int = Field(0, ge=0, description="readings, slides and fits at once; 0: one per core")
    connections: int = Field(120, ge=1, description="connections at once from one address")
    requests_per_second: int = Field(100, ge=1, description="requests of one address, beyond a first burst")
    slowest_upload_kb: int = Field(20, ge=0, description="kB per second below which an upload is broken off after 20 s")


class Audit(_Table):
    """What is written down about who did what; never a patient's data."""

    folder: Path | None = Field(None, description="folder of the JSON lines, a file per day and process; none: no log")
    keep_days: int = Field(365, ge=1, description="days after which a file is deleted")


class Look(_Table):
    """What a department makes its own."""

    title: str = Field("", description="name of this installation, in the menu")
    support: str = Field("", description="whom to ask: an address or a telephone number, in every refusal")
    language: Literal["", "en", "zh"] = Field("", description="language of the pages; none: the browser's")
    sample: Path | None = Field(None, description="a cohort in place of the sample, in any format")
    sample_note: str = Field("", description="what is said about it above each page")
    template: Path | None = Field(None, description="PowerPoint template that slides are put on")
    style: Path | None = Field(None, description="style in which figures are saved (Export, Save this style)")


    @property
    def contact(self) -> str:
        """Return a sentence to end a refusal with; "" where nobody is named."""
        return f" Ask {self.support}." if self.support else ""


class Settings(BaseSettings):
    """All settings, by table."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)

    server: Server = Server()
    sign_in: SignIn = SignIn()
    limits: Limits = Limits()
    audit: Audit = Audit()
    look: Look = Look()

    @classmethod
    def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment count more than the file."""
        path = os.environ.get(FILE)
        return (init_settings, env_settings, *([TomlConfigSettingsSource(settings_cls, path)] if path else []))

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if not is_loopback(self.server.address):
            if self.sign_in.by == "nobody" and not self.sign_in.open_to_everyone:
                raise ValueError(f"server.address: {_OPEN}")
            if not self.server.certificate and not self.server.tls_in_front:
                raise ValueError("server.address: what others send would be readable on its way. Set "
                                 "server.certificate and server.key, or server.tls_in_front = true where "
                                 "another proxy does TLS")
        if (self.server.certificate is None) != (self.server.key is None):
            raise ValueError("server.certificate and server.key go together")
        if self.sign_in.by == "openid" and not (self.sign_in.issuer and self.sign_in.client):
            raise ValueError('sign_in.by = "openid" needs sign_in.issuer, sign_in.client and sign_in.client_secret')
        return self


def why_not_at(address: str) -> str:
    """Return why an app without a gate does not listen on an address; "" where it may."""
    return "" if is_loopback(address) or settings().sign_in.open_to_everyone else _OPEN


def is_loopback(address: str) -> bool:
    """Tell whether an address is this machine's alone; a name other than localhost is not."""
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return address == "localhost"


def read_settings() -> Settings:
    """Read the settings.

    Raises
    ------
    SettingsError
        If the file cannot be read, or a setting is unknown, has a wrong value, or is not safe with the others.
    """
    path = os.environ.get(FILE)
    if path and not Path(path).is_file():
        raise SettingsError(f"There is no file of settings at {path} ({FILE}).")
    known = {f"{_PREFIX}{table}__{name}".upper() for table, model in Settings.model_fields.items()
             for name in model.annotation.model_fields}  # type: ignore[union-attr]  # all are tables
    if wrong := sorted(name for name in os.environ if name.startswith(_PREFIX) and "__" in name and name not in known):
        raise SettingsError(f"There is no setting {', '.join(wrong)}.")
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_in_words(each["loc"], each["msg"]) for each in error.errors())) from None
    except PlaceError as error:
        raise SettingsError(f"{error}: a list is written as [\"a\", \"b\"]") from None
    except ValueError as error:
        raise SettingsError(f"{path} is no TOML: {error}") from None


def _in_words(place: tuple[int | str, ...], problem: str) -> str:
    return f"{'.'.join(str(part) for part in place)}: {problem.removeprefix('Value error, ')}".removeprefix(": ")


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return read_settings()
