"""What every feature may import; it imports none of them.

assets        the one place that registers a feature's style sheet and script
domains       a domain that keeps facts of pages
folds         what a reader unfolds: <details> in HTML, plain text elsewhere
front_matter  the one place that reads the front matter of a page
labels        the one place where directives claim labels
lessons       the lessons of the site, for whoever shows them
markdown      the nodes of a page as Markdown
notebook_cells  what stands in a page's notebook in place of a node
notices       what a feature serves of others, with its licence
page_text     a page's Markdown as messages to translate
summary       what a page says of itself first
values        when two values are the same
words         the words of the interface, in the language of the build
static/guess.js      what a reader types, and when it is as good as the answer
static/progress.js   what a reader has passed, kept in the reader's browser
"""
