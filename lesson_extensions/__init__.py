"""What a page of this site may use beyond Sphinx and MyST, one feature a module.

cards         {cards}: a folder of pages, drawn as cards
check         {check}: a question, its answer computed at build
claims        {claim}: a condition that must hold for the sentence above it to be true
csp           what a page may load and run, told to the browser
execution     says which cell of a notebook failed, and how
exercise      {exercise}: starter, tests, hints, solution, known mistakes; graded in the browser
glossary      pages that define terms; links to them show the definition
light         a page loads a style sheet only if it holds something of it
lessons       minutes and prerequisites, below the title of a lesson
live          runs what a page shows in the reader's browser, with real NumPy
mathml        maths as MathML, made at build
measure       {on-your-machine}: times loops and @ in the reader's browser
notebooks     each lesson as an .ipynb to download, outputs included
pictures      a picture that a cell draws must say what it shows
player        {player}: steps of a program, each with the state that it left
showcase      author, licence and data, below the title of a reader's notebook
skill_tree    {skill-tree}: the Logic Matrix, drawn from the lessons' prerequisites
warnings_in_page  what a page was warned of, in the page, for who writes it

They share:

assets        the one place that registers a feature's style sheet and script
folds         what a reader unfolds: <details> in HTML, plain text elsewhere
front_matter  the one place that reads the front matter of a page
snippets      the one place that runs the code of a directive, in a process of its own
static/progress.js   what a reader has passed, kept in the reader's browser
"""
