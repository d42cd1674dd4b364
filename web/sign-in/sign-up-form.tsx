/** A new account. */
import { useLanguage, useSpeech } from '../language/use-language.ts';
import { createAsk } from '../session/ask.ts';
import { useSessionStore } from '../session/use-session.ts';
import { Button } from '../ui/button.tsx';
import { EmailField } from '../ui/email-field.tsx';
import { Field } from '../ui/field.tsx';
import { FormRefusal } from '../ui/form-refusal.tsx';
import { type Refusal, readRefusal, useFaultWords, useSubmit } from '../ui/use-submit.ts';
import { SignUp } from './operations.ts';

export function SignUpForm() {
  const { translate } = useLanguage();
  const speech = useSpeech();
  const store = useSessionStore();
  const sayFault = useFaultWords();

  async function signUp(values: Record<string, string>): Promise<Refusal | null> {
    const { email = '', password = '' } = values;
    const ask = createAsk({ speak: () => speech.getTranslator().language });
    const { data, fault } = await ask(SignUp, { email, password });
    if (fault !== null) return { message: sayFault(fault) };
    const { signUp: result } = data;
    switch (result.__typename) {
      case 'SignUpSuccess':
        store.enter(result.user, result.session.id);
        return null;
      case 'EmailTakenError':
        return readRefusal(result, 'email');
      case 'InvalidInputError':
      case 'RateLimitedError':
        return readRefusal(result);
    }
  }

  const form = useSubmit(signUp);
  return (
    <form className="form" noValidate onSubmit={form.onSubmit} aria-label={translate('signUp.title')}>
      <FormRefusal form={form} />
      <EmailField form={form} />
      <Field
        name="password"
        type="password"
        label={translate('signIn.password')}
        autoComplete="new-password"
        required
        hint={translate('signUp.passwordHint')}
        fault={form.faultOf('password')}
      />
      <Button type="submit" look="primary" isBusy={form.isBusy} isWaiting={form.isWaiting}>
        {translate('signUp.submit')}
      </Button>
    </form>
  );
}
