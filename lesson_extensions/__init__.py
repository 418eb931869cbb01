"""What a page of this site may use beyond Sphinx and MyST, one feature a module.

cards         {cards}: a folder of pages, drawn as cards
claims        {claim}: a condition that must hold for the sentence above it to be true
csp           what a page may load and run, told to the browser
execution     says which cell of a notebook failed, and how
glossary      pages that define terms; links to them show the definition
lessons       minutes and prerequisites, below the title of a lesson
live          runs what a page shows in the reader's browser, with real NumPy
mathml        maths as MathML, made at build
measure       {on-your-machine}: times loops and @ in the reader's browser
pictures      a picture that a cell draws must say what it shows

They share:

assets        the one place that registers a feature's style sheet and script
front_matter  the one place that reads the front matter of a page
"""
