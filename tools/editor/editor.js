// @ts-check
/*! CodeMirror, Lezer and what they need: MIT, the licences are in editor.LICENSE.txt */

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { history, historyKeymap, indentWithTab, standardKeymap } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import {
  bracketMatching,
  forceParsing,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { Compartment, EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { styleTags, tagHighlighter, tags } from "@lezer/highlight";
import { StyleModule } from "style-mod";

const NUMBERED = 11; // lines: fewer are counted at a glance, more have a gutter

// -- Style sheets ------------------------------------------------------------------------------
// In a document style-mod writes a <style>, which `style-src 'self'` forbids; in a shadow tree it
// adopts a sheet, which is allowed. So it gets a shadow tree, and the document shares the sheet.
const shelf = document.createElement("div").attachShadow({ mode: "open" });
const mount = StyleModule.mount;
StyleModule.mount = (_root, modules) => {
  mount(shelf, modules);
  for (const sheet of shelf.adoptedStyleSheets) {
    if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet);
  }
};

// `&.cm-editor.highlight` outweighs what the page says of a whole pane; the pane stays the page's.
const theme = EditorView.theme(
  {
    "&.cm-editor.highlight": {
      margin: "0",
      border: "0",
      borderRadius: "0",
      background: "none",
      color: "inherit",
      fontFamily: "var(--font-stack--monospace, monospace)",
      fontSize: "var(--code-font-size, 0.8125rem)",
    },
    // the text has the focus, but it may be wider than what is seen of it
    "&.cm-editor.cm-focused": {
      outline: "2px solid var(--la-pane-signal, #ffc777)",
      outlineOffset: "-2px", // within what the pane clips
    },
    ".cm-scroller": { fontFamily: "inherit", lineHeight: "var(--la-editor-line-height, 1.5)" },
    ".cm-content": {
      padding: "var(--la-editor-padding, 0.8rem 1rem)",
      caretColor: "var(--la-pane-signal, #ffc777)",
    },
    ".cm-line": { padding: "0" },
    ".cm-line::selection, .cm-line ::selection": {
      backgroundColor: "var(--la-editor-selection, #3f6ea8) !important",
      color: "var(--la-editor-selection-ink, #fff) !important",
    },
    ".cm-gutters": {
      border: "0",
      background: "none",
      color: "var(--la-pane-soft, #98a3b3)",
    },
    ".cm-lineNumbers .cm-gutterElement": { padding: "0 0 0 1rem", minWidth: "2ch" },
    "&.cm-focused .cm-matchingBracket": {
      background: "none",
      outline: "1px solid var(--la-pane-soft, #98a3b3)",
    },
    "&.cm-focused .cm-nonmatchingBracket": {
      background: "none",
      outline: "1px dashed var(--la-pane-error, #ff9d8a)",
    },
    ".la-editor__error": {
      background: "var(--la-editor-error-wash, #ff9d8a1a)",
      marginLeft: "-0.6rem", // the text stays where it is
      borderLeft: "0.2rem solid var(--la-pane-error, #ff9d8a)",
      paddingLeft: "0.4rem",
    },
  },
  { dark: true },
);

// -- Colours: the names that Pygments gives, so that the page's own sheet colours both ----------
const interpolation = tags.special(tags.brace); // in an f-string
const python = pythonLanguage.configure({
  props: [
    styleTags({
      "ImportStatement/VariableName ImportStatement/.": tags.namespace,
      "FormatReplacement/{ FormatReplacement/} FormatSpec/: FormatReplacement/:": interpolation,
      "FormatSpec FormatConversion": interpolation,
      '"*" "**" Ellipsis': tags.operator,
    }),
  ],
});
const pygments = tagHighlighter([
  { tag: [tags.keyword, tags.modifier], class: "k" },
  { tag: [tags.bool, tags.null], class: "kc" },
  { tag: tags.moduleKeyword, class: "kn" },
  { tag: tags.operatorKeyword, class: "ow" },
  { tag: [tags.operator, tags.derefOperator], class: "o" },
  { tag: tags.punctuation, class: "p" },
  { tag: tags.name, class: "n" },
  { tag: tags.namespace, class: "nn" },
  { tag: tags.function(tags.definition(tags.variableName)), class: "nf" },
  { tag: tags.definition(tags.className), class: "nc" },
  { tag: tags.meta, class: "nd" },
  { tag: tags.number, class: "mi" },
  { tag: tags.string, class: "s2" },
  { tag: tags.escape, class: "se" },
  { tag: interpolation, class: "si" },
  { tag: tags.comment, class: "c1" },
]);

// -- The line that failed, until the text changes ------------------------------------------------
/** @type {import("@codemirror/state").StateEffectType<number | null>} */
const setError = StateEffect.define();
const errorLine = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    if (transaction.docChanged) marks = Decoration.none;
    for (const effect of transaction.effects) {
      if (!effect.is(setError)) continue;
      const { doc } = transaction.state;
      const exists = effect.value !== null && effect.value >= 1 && effect.value <= doc.lines;
      marks = exists
        ? Decoration.set(
            Decoration.line({ class: "la-editor__error" }).range(doc.line(effect.value).from),
          )
        : Decoration.none;
    }
    return marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

// -- Line numbers, from NUMBERED lines on --------------------------------------------------------
const numbers = new Compartment();
/** @param {import("@codemirror/state").Text} doc */
const numbersFor = (doc) => (doc.lines >= NUMBERED ? lineNumbers() : []);
const renumber = EditorState.transactionExtender.of((transaction) => {
  const { newDoc, startState } = transaction;
  if (newDoc.lines >= NUMBERED === startState.doc.lines >= NUMBERED) return null;
  return { effects: numbers.reconfigure(numbersFor(newDoc)) };
});

/**
 * An editor for Python in `parent`, not yet focused.
 *
 * Shift-Enter and Ctrl- or Cmd-Enter run. Tab indents; after Escape it moves on, until another key
 * is pressed: there is no time limit, as there would be by CodeMirror's own two seconds.
 *
 * @param {object} options
 * @param {HTMLElement} options.parent
 * @param {string} options.code
 * @param {string} options.label what a screen reader calls it
 * @param {string} [options.describedBy] id of the text that says how to run and how to leave
 * @param {() => void} [options.onRun]
 * @param {() => void} [options.onLeave] Escape was pressed
 */
export function openEditor({ parent, code, label, describedBy, onRun, onLeave }) {
  const run = () => {
    onRun?.();
    return true;
  };
  const view = new EditorView({
    parent,
    doc: code,
    extensions: [
      keymap.of([
        { key: "Shift-Enter", run },
        { key: "Ctrl-Enter", run },
        { key: "Mod-Enter", run }, // Cmd on a Mac
        {
          key: "Escape",
          run(view) {
            view.setTabFocusMode(true);
            onLeave?.();
            return true;
          },
        },
        ...closeBracketsKeymap,
        ...standardKeymap,
        ...historyKeymap,
        indentWithTab,
      ]),
      EditorView.domEventObservers({
        keydown(event, view) {
          if (!["Escape", "Tab", "Shift"].includes(event.key)) view.setTabFocusMode(false);
        },
        blur(_event, view) {
          view.setTabFocusMode(false);
        },
      }),
      python,
      syntaxHighlighting(pygments),
      bracketMatching(),
      closeBrackets(),
      indentOnInput(),
      indentUnit.of("    "),
      EditorState.tabSize.of(4),
      history(),
      numbers.of(numbersFor(EditorState.create({ doc: code }).doc)),
      renumber,
      errorLine,
      theme,
      EditorView.editorAttributes.of({ class: "highlight" }),
      EditorView.contentAttributes.of({
        class: "n", // what has no token of its own has a name's colour
        "aria-label": label,
        ...(describedBy && { "aria-describedby": describedBy }),
      }),
    ],
  });
  forceParsing(view, code.length, 200); // ms: in colour at once, also on a slow machine
  // What is typed here is no shortcut of the page: Sphinx's "/" would go to the search.
  view.dom.addEventListener("keydown", (event) => event.stopPropagation());

  return {
    get code() {
      return view.state.doc.toString();
    },
    set code(text) {
      // one step of the history, so that undo brings back what was there
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    focus() {
      view.focus();
    },
    destroy() {
      view.destroy();
    },
    /** Mark a line, counted from 1, and bring it into sight; null takes the mark away.
     * @param {number | null} line */
    markError(line) {
      view.dispatch({ effects: setError.of(line) });
      if (line !== null && line >= 1 && line <= view.state.doc.lines) {
        const { from } = view.state.doc.line(line);
        view.dispatch({ effects: EditorView.scrollIntoView(from) });
      }
    },
  };
}
