/** The language of the command line and the log, and of whoever asks for none that there is. */
import messages from '../locales/en.ts';
import { createTranslator } from './translator.ts';

export const english = createTranslator('en', messages);
