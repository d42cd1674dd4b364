/** Written from src/locales/en.ts by `npm run generate`. Do not edit. */

export interface MessageValues {
  'devices.title': Record<string, never>;
}
