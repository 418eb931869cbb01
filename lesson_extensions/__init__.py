"""What a page of this site may use beyond Sphinx and MyST, on three floors.

shared/      imported by all, imports none of ours
execution/   runs notebooks, and the code of directives: fast, apart, within limits, and kept

The features, flat: one directive or one thing that a page may use, each in its room, with its style
sheet and script. They import shared/, and of execution/ its snippets.py; never each other.

cards         {cards}: a folder of pages, drawn as cards
check         {check}: a question, its answer computed at build
claims        {claim}: a condition that must hold for the sentence above it to be true
exercise      {exercise}: starter, tests, hints, solution, known mistakes; graded in the browser
glossary      pages that define terms; links to them show the definition
lessons       minutes and prerequisites, below the title of a lesson
live          runs what a page shows in the reader's browser, with real NumPy
measure       {on-your-machine}: times loops and @ in the reader's browser
notebooks     each lesson as an .ipynb to download, outputs included
notices       {notices}: whose work is served, each with its licence
paths         {path}: a walk through the lessons; {paths}: all of them, with the reader's progress
player        {player}: steps of a program, each with the state that it left
showcase      author, licence and data, below the title of a reader's notebook
skill_tree    {skill-tree}: the Logic Matrix, drawn from the lessons' prerequisites

page/        what is done to a page once it is whole
"""
