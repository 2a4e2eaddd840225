"""Pictures as a telephone takes them: a page on a table, HEIC and AVIF. Needs Debian's libheif-examples besides."""
import io
import random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from common import cpr, put, read, run, tmp, write_tmp
from other import FONT, picture

PAGE = ["Eksempel Kommune", "Borgerservice", "", "Kære Testperson Eksempel", "", "Vi har modtaget din ansøgning om hjælp.",
        "CPR-nr.: %s", "Sagen bliver behandlet inden for 14 dage.", "", "Venlig hilsen", "Sagsbehandleren"]


def photo(number):
    """A page photographed from above: a little askew, grainy, unevenly lit."""
    r = random.Random(number)
    page = Image.new("RGB", (1300, 900), (232, 228, 220))
    draw = ImageDraw.Draw(page)
    for i, line in enumerate(PAGE):
        draw.text((90, 70 + 66 * i), line % number if "%" in line else line, font=ImageFont.truetype(FONT, 40), fill=(40, 38, 36))
    page = page.rotate(1.4, expand=True, fillcolor=(92, 70, 52), resample=Image.BICUBIC)
    page = page.filter(ImageFilter.GaussianBlur(0.8))
    light = Image.linear_gradient("L").resize(page.size).point(lambda v: 150 + v * 105 // 255)
    page = Image.composite(page, Image.new("RGB", page.size, (30, 28, 26)), light)
    grain = Image.effect_noise(page.size, 14).convert("RGB")
    return Image.blend(page, grain, 0.06)


def encode(img, ext, *args):
    b = io.BytesIO()
    img.save(b, "PNG")
    src, out = write_tmp("phone/a.png", b.getvalue()), tmp("phone", "a." + ext)
    run("heif-enc", *args, src, "-o", out)
    return read(out)


def make():
    n = cpr(5001)
    put("pictures/foto.heic", "picture", n, encode(photo(n), "heic", "-q", "40"))
    n = cpr(5002)
    put("pictures/skaerm.avif", "picture", n, encode(Image.open(io.BytesIO(picture(["Sygesikring", "CPR-nr.: " + n, "Testperson Eksempel"]))), "avif", "-A", "-q", "70"))


if __name__ == "__main__":
    make()
