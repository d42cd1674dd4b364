/** While the server is asked who is signed in: nothing of anybody. */
import { useLanguage } from '../language/use-language.ts';
import { Wordmark } from './wordmark.tsx';

export function Starting() {
  const { translate } = useLanguage();
  return (
    <main className="starting" aria-busy="true">
      <Wordmark />
      <p className="starting-text" role="status">
        {translate('page.loading')}
      </p>
    </main>
  );
}
