"""Every page and mail with sample data, as files to look at."""

import shutil
from pathlib import Path

from chalicelib.rendering import pages
from chalicelib.wiring import policy
from local.previews import learning, orders, procedure
from local.previews.examples import mail_samples, page_samples


def write(folder: Path) -> int:
    """Write all previews into `folder` and return their number; the styles are written beside the pages."""
    shutil.copytree(pages.TEMPLATES / "static", folder / "static", dirs_exist_ok=True)
    (folder / "static" / "shops").mkdir(exist_ok=True)
    count = 0
    for shop in policy().shops.values():
        (folder / "static" / "shops" / f"{shop.id}.css").write_text(pages.stylesheet(shop.colour), encoding="utf-8")
        for language in shop.languages:
            name = f"{shop.id}-{language}"
            for title, template, context in (
                *page_samples(shop, language),
                *orders.page_samples(shop, language),
                *learning.page_samples(shop, language),
            ):
                html = pages.page(template, language, root=".", **context)
                (folder / f"{name}-{title}.html").write_text(html, encoding="utf-8")
                count += 1
            mails = (*mail_samples(shop), *procedure.mail_samples(shop), *orders.mail_samples(shop, language))
            for title, template, context in mails:
                mail = pages.mail(template, language, **context)
                (folder / f"{name}-mail-{title}.html").write_text(mail.html, encoding="utf-8")
                text = f"Subject: {mail.subject}\n\n{mail.text}"
                (folder / f"{name}-mail-{title}.txt").write_text(text, encoding="utf-8")
                count += 1
    return count
