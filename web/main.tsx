/** Where the page begins. */
import { createRoot } from 'react-dom/client';
import { loadTranslator } from './language.ts';

const { translate } = await loadTranslator('en');
const root = document.getElementById('root');
if (root) createRoot(root).render(<h1>{translate('devices.title')}</h1>);
