"""Maths is MathML when the page is built; LaTeX that cannot be set is named."""


def test_inline_and_display_maths_are_mathml(build_site):
    site = build_site(
        {"index.md": "# M\n\nAn $x^2$ and\n\n$$\\begin{bmatrix}1&2\\end{bmatrix}$$\n"}
    )
    inline, display = site.html("index").select("math")

    assert site.warnings == ""
    assert inline.msup is not None and not inline.has_attr("display")
    assert display["display"] == "block" and display.mtable is not None
    assert not site.html("index").select("script")


def test_wrong_latex_is_named_with_file_and_line(build_site):
    warnings = build_site({"index.md": "# M\n\nText.\n\n$$\n\\frac{1}\n$$\n"}).warnings

    assert "index.md:5: WARNING: this LaTeX cannot be set" in warnings
