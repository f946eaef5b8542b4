// What a program sees in the screens that the compiler and svelte-check let pass: promises that nobody waits for, conditions that
// cannot be otherwise, values of no type. There are no exceptions in the code: a rule that does not suit is off here, with the reason.

import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

export default ts.config(
  { ignores: ["dist/", "src/generated/"] },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  svelte.configs.recommended,
  svelte.configs.prettier,
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, extraFileExtensions: [".svelte"] },
    },
    linterOptions: { noInlineConfig: true },
    rules: {
      // `() => (open = true)` and `() => close()` are how a handler is written here.
      "@typescript-eslint/no-confusing-void-expression": "off",
      // `void version` says what an effect depends on.
      "@typescript-eslint/no-meaningless-void-operator": "off",
      // What the office answers instead of a result is its `Failure`: codes and details, as the bridge hands it over. Wrapping it in an
      // Error would be a second form of the same.
      "@typescript-eslint/only-throw-error": "off",
      "@typescript-eslint/prefer-promise-reject-errors": "off",
      // Of texts, figures and flags, `||` says "or where it is empty, naught or no", which is meant.
      "@typescript-eslint/prefer-nullish-coalescing": ["error", { ignorePrimitives: true }],
      // A number in a text is what it looks like.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `async () => answer` is the shortest promise of an answer, and what it throws is a rejection.
      "@typescript-eslint/require-await": "off",
      // What the screen follows is `$state`. Any other Map or Set is one that it must not follow (what was asked for already) or one
      // that is replaced as a whole.
      "svelte/prefer-svelte-reactivity": "off",
      // `{" "}` is a space that no formatter takes away.
      "svelte/no-useless-mustaches": "off",
      // `const { [key]: _, ...others }` leaves one out.
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_$", argsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts", "**/*.svelte.test.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    files: ["**/*.svelte"],
    rules: {
      // Here the types of snippets' parameters, of generic props and of what another component's module exports are not known and count
      // as `any`; svelte-check knows them and is strict about them.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-redundant-type-constituents": "off",
      "@typescript-eslint/restrict-template-expressions": "off",
      // What a component assigns is read when it is drawn again.
      "no-useless-assignment": "off",
    },
  },
  {
    // `null as unknown` here is room for what comes later.
    files: ["**/*.svelte.ts", "**/*.test.ts"],
    rules: { "@typescript-eslint/no-unnecessary-type-assertion": "off" },
  },
  {
    // Any component is shown, which Svelte's own types say with `any`; `find<HTMLInputElement>(css)` asks as `querySelector` does.
    files: ["src/kit/testing.ts", "src/office/testing.ts"],
    rules: { "@typescript-eslint/no-explicit-any": "off", "@typescript-eslint/no-unnecessary-type-parameters": "off" },
  },
  {
    // No TypeScript, and nothing with a type of its own.
    files: ["*.js"],
    extends: [ts.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false } },
  },
);
