"""How HTML pages are filled in."""

from jinja2 import Environment, PackageLoader, StrictUndefined


def page_environment(package: str) -> Environment:
    """Set up the templates of a package: everything is escaped, and what is not there is refused.

    Args:
        package: Dotted name of the package that holds the folder ``templates``.
    """
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
