"""What is done to a page once it is whole, whatever features made it.

copying           the copy buttons come with the first move of a reader
csp               what a page may load and run, told to the browser
description       a page in a line, in its head and in lists of pages
feed              the pages that are new, for feed readers
folded_cells      the fold of a hidden cell, as valid HTML
highlighting      code without marks that change nothing
llms              all pages in a line each, for machines
mathml            maths as MathML, made at build
pictures          a picture that a cell draws must say what it shows
scrolling         what is wider than its box can be scrolled by keyboard
sheets            a page loads its style sheets as one, without what nothing can use
sidebar           the navigation at the side, of a bounded length
structured_data   what a page is, for machines
twins             each page as Markdown, beside it
unused_assets     a page loads a style sheet only if it holds something of it
warnings_in_page  what a page was warned of, in the page, for who writes it
webp              what cells draw, in half the bytes
"""
