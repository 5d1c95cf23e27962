from tests.published import pages

for path, text in pages():
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
