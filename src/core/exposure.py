"""Who could reach a server: this machine alone, or others too."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Tell whether an address leads to this machine alone.

    host: an IPv4 or IPv6 address, with or without brackets, or "localhost"; any other name,
        and nothing at all (which servers take for "everywhere"), counts as the world
    """
    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return address.is_loopback if mapped is None else bool(mapped.is_loopback)


def reached_from(host: str, published_at: str) -> list[str]:
    """List the addresses and names beyond this machine at which a server would be reached.

    host: what it listens on
    published_at: where its container is published instead, with commas between several;
        "": in no container
    """
    published = [place.strip() for place in published_at.split(",") if place.strip()]
    if not published:
        return [] if is_loopback(host) else [host or "every address"]
    # a name, be it "localhost", is what a proxy answers to: that one listens everywhere
    return [place for place in published if place == "localhost" or not is_loopback(place)]
