#!/usr/bin/env python3
"""Opens report.html of runs in Chromium, as on a phone and on a desk, and compares what it shows with summary.json, or a study's
study.json, beside it.

usage: check_report.py BROWSER FOLDER…"""
import json
import os
import re
import sys

from playwright.sync_api import sync_playwright

FLAGS = (
    "--no-sandbox --use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
SCREENS = {"phone": (390, 844), "desk": (1100, 900)}

# Pixels of the drawn picture, row by row from the top.
PIXELS = """() => {
  const from = document.getElementById('field'), to = document.createElement('canvas');
  [to.width, to.height] = [from.width, from.height];
  const c = to.getContext('2d');
  c.drawImage(from, 0, 0);
  return { width: to.width, data: [...c.getImageData(0, 0, to.width, to.height).data].filter((_, k) => k % 4 !== 3) };
}"""

# What sticks out of the screen and does not lie in something that scrolls by itself.
OUTSIDE = """() => [...document.querySelectorAll('main *')]
  .filter((e) => !e.closest('.table, pre, svg') || e.matches('svg'))
  .filter((e) => { const b = e.getBoundingClientRect(); return b.width && (b.right > innerWidth + 0.5 || b.left < -0.5); })
  .map((e) => e.tagName + ' ' + e.className)"""

NUMBERS = """() => [...document.querySelectorAll('[data-path]')].map((e) => [e.dataset.path, e.dataset.scale, e.dataset.format, e.textContent])"""


def look(summary, pointer):
    at = summary
    for key in (k.replace("~1", "/").replace("~0", "~") for k in pointer.split("/")[1:]):
        at = at[int(key)] if isinstance(at, list) else at[key]
    return at


def written(value, form):
    """A number as the page must write it, from its value and form."""
    if form == "e":
        if value == 0:
            return "0"
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa} × 10{int(exponent)}".replace("-", "−")
    digits = int(form.lstrip("+"))
    text = f"{abs(value):,.{digits}f}"
    sign = "−" if value < 0 and text.strip("0.,") else "+" if form.startswith("+") else ""
    return sign + text


def check_numbers(page, summary):
    shown = page.evaluate(NUMBERS)
    for path, scale, form, text in shown:
        want = written(look(summary, path) * float(scale), form)
        assert text == want, f"{path}: the page shows {text}, summary.json has {want}"
    return len(shown)


def check_picture(page):
    scene = json.loads(page.evaluate("document.getElementById('scene').textContent"))
    palette = bytes.fromhex(scene["colours"])
    picture = page.evaluate(PIXELS)
    width, data = picture["width"], picture["data"]
    pixels = [tuple(data[k : k + 3]) for k in range(0, len(data), 3)]
    ground = pixels[0]
    drawn = [k for k, p in enumerate(pixels) if p != ground]
    assert len(drawn) > 0.01 * len(pixels), f"the picture is blank: {len(drawn)} of {len(pixels)} pixels are drawn"
    colours = {tuple(palette[k : k + 3]) for k in range(0, len(palette), 3)}
    coloured = [k for k in drawn if pixels[k] in colours]
    assert len(coloured) > 0.5 * len(drawn), "most of what is drawn has no colour of the map"
    assert len({pixels[k] for k in coloured}) >= 5, "the picture has hardly any colours"
    # What is read under the pointer has the colour that is seen there.
    box = page.locator("#field").bounding_box()
    ratio = box["width"] / width
    inner = [k for k in coloured if all(pixels[k + d] == pixels[k] for d in (-1, 1, -width, width) if 0 <= k + d < len(pixels))]
    assert len(inner) > 20, "no place in the picture can be read"
    for k in inner[:: max(1, len(inner) // 12)]:
        page.mouse.move(box["x"] + ratio * (k % width + 0.5), box["y"] + ratio * (k // width + 0.5))
        text = page.inner_text("#field-reading")
        found = re.fullmatch(r"(.+): (−?[\d.]+) °C", text)
        assert found, f"nothing is read at a drawn place: {text!r}"
        assert found[1] in {p["name"] for p in scene["parts"]}, text
        celsius = float(found[2].replace("−", "-"))
        step = 255 * (celsius - scene["low_c"]) / max(scene["high_c"] - scene["low_c"], 1e-9)
        place = 3 * min(255, max(0, round(step)))
        # The reading has one digit after the point, the map 256 steps.
        assert all(abs(a - b) <= 8 for a, b in zip(pixels[k], palette[place : place + 3])), f"{text} is drawn as {pixels[k]}"
    # A drag turns it.
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.6 * box["height"], steps=4)
    page.mouse.up()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate(PIXELS)["data"] != data, "dragging does not turn the picture"


def check(browser, folder):
    name = next(n for n in ("summary.json", "study.json") if os.path.exists(os.path.join(folder, n)))
    path = os.path.abspath(os.path.join(folder, "study.html" if name == "study.json" else "report.html"))
    summary = json.load(open(os.path.join(folder, name)))
    for screen, (width, height) in SCREENS.items():
        page = browser.new_page(viewport={"width": width, "height": height})
        said, asked = [], []
        page.on("console", lambda m: said.append(f"{m.type}: {m.text}"))
        page.on("pageerror", lambda e: said.append(str(e)))
        page.on("request", lambda r: asked.append(r.url))
        page.goto("file://" + path)
        page.wait_for_load_state()
        drawn = page.locator("#field").count() > 0
        if drawn:
            page.wait_for_function("document.getElementById('field').dataset.state", timeout=20_000)
            page.locator("#field").scroll_into_view_if_needed()
            check_picture(page)
        assert not said, f"{screen}: the page says {said}"
        elsewhere = [u for u in asked if u != "file://" + path and not u.startswith("data:")]
        assert not elsewhere, f"{screen}: the page asks for {elsewhere}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{screen}: the page is wider than the screen"
        outside = page.evaluate(OUTSIDE)
        assert not outside, f"{screen}: sticks out of the screen: {outside}"
        embedded = json.loads(page.evaluate("document.getElementById('summary').textContent"))
        assert embedded == summary, "the embedded summary is not that of summary.json"
        count = check_numbers(page, summary)
        assert count > 20, f"only {count} numbers are tied to the summary"
        page.screenshot(path=os.path.join(folder, f"report_{screen}.png"))
        page.close()
    print(f"{folder}: {count} numbers agree")


with sync_playwright() as play:
    running = play.chromium.launch(executable_path=sys.argv[1], args=FLAGS)
    for each in sys.argv[2:]:
        check(running, each)
    running.close()
