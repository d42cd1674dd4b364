/** Every text that people read, in French. */
import type { Messages } from '../i18n/messages.ts';

export default {
  'devices.title': 'Vos appareils',
} satisfies Messages;
