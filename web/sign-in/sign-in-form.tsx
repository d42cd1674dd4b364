/** Email and password; and, where there are too many sessions, which of them makes room. */
import { useEffect, useRef, useState } from 'react';
import type { SessionCardFragment } from '../gql/graphql.ts';
import { useLanguage, useSpeech } from '../language/use-language.ts';
import { createAsk } from '../session/ask.ts';
import { useSessionStore } from '../session/use-session.ts';
import { Button } from '../ui/button.tsx';
import { EmailField } from '../ui/email-field.tsx';
import { Field } from '../ui/field.tsx';
import { FormRefusal } from '../ui/form-refusal.tsx';
import { type Refusal, readRefusal, useFaultWords, useSubmit } from '../ui/use-submit.ts';
import { SignIn } from './operations.ts';
import { ReplaceForm } from './replace-form.tsx';

interface Credentials {
  email: string;
  password: string;
}

/** How long somebody may take to choose which session makes room. */
const CHOICE_MS = 5 * 60_000;

export function SignInForm({ isAgain }: { isAgain: boolean }) {
  const { translate } = useLanguage();
  const speech = useSpeech();
  const store = useSessionStore();
  const sayFault = useFaultWords();
  /** The password was right, and there is room once one of these ends. */
  const [sessions, setSessions] = useState<readonly SessionCardFragment[] | null>(null);
  /**
   * To be sent once more, with the choice. Held until then, and no longer: whoever goes back, or
   * leaves it open, gives it again. Not in state, of which React keeps the one before, too.
   */
  const credentials = useRef<Credentials | null>(null);

  const isChoosing = sessions !== null;
  useEffect(() => {
    if (!isChoosing) return;
    const timer = setTimeout(() => setSessions(null), CHOICE_MS);
    return () => {
      clearTimeout(timer);
      credentials.current = null;
    };
  }, [isChoosing]);

  async function signIn(given: Credentials, replaceSessionId: string | null): Promise<Refusal | null> {
    const ask = createAsk({ speak: () => speech.getTranslator().language });
    const { data, fault } = await ask(SignIn, { ...given, replaceSessionId });
    if (fault !== null) return { message: sayFault(fault) };
    const { signIn: result } = data;
    if (result.__typename === 'SignInSuccess') {
      store.enter(result.user, result.session.id);
      return null;
    }
    if (result.__typename === 'SessionLimitReachedError') {
      setSessions(result.sessions);
      credentials.current = given;
      return null;
    }
    return readRefusal(result);
  }

  const form = useSubmit(({ email = '', password = '' }) => signIn({ email, password }, null));

  if (sessions) {
    return (
      <ReplaceForm
        sessions={sessions}
        onChoose={async (id) => (credentials.current ? signIn(credentials.current, id) : null)}
        onBack={() => setSessions(null)}
      />
    );
  }
  return (
    <form className="form" noValidate onSubmit={form.onSubmit} aria-label={translate('signIn.title')}>
      {isAgain && <h2 className="form-title">{translate('signIn.again')}</h2>}
      <FormRefusal form={form} />
      <EmailField form={form} />
      <Field
        name="password"
        type="password"
        label={translate('signIn.password')}
        autoComplete="current-password"
        required
        fault={form.faultOf('password')}
      />
      <Button type="submit" look="primary" isBusy={form.isBusy} isWaiting={form.isWaiting}>
        {translate('signIn.submit')}
      </Button>
    </form>
  );
}
