/** The way out, on every page. */
import { useLanguage } from '../language/use-language.ts';
import { Button } from '../ui/button.tsx';
import { useSignOut } from './use-sign-out.ts';

export function SignOutButton() {
  const { translate } = useLanguage();
  const { signOut, isBusy } = useSignOut();
  return (
    <Button look="quiet" icon="leave" isBusy={isBusy} onClick={() => void signOut()}>
      {translate('account.signOut')}
    </Button>
  );
}
