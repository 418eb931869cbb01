"""What is done to a page once it is whole, whatever features made it.

copying           the copy buttons come with the first move of a reader
csp               what a page may load and run, told to the browser
highlighting      code without marks that change nothing
mathml            maths as MathML, made at build
pictures          a picture that a cell draws must say what it shows
scrolling         what is wider than its box can be scrolled by keyboard
sheets            a page loads its style sheets as one, without what nothing can use
sidebar           the navigation at the side, of a bounded length
unused_assets     a page loads a style sheet only if it holds something of it
warnings_in_page  what a page was warned of, in the page, for who writes it
webp              what cells draw, in half the bytes
"""
