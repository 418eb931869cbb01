/** Marks what readers are told: shared/linking.py puts the translation in the place of the call. */
declare function _(text: string): string;
