/** A new account. */
import { useLanguage, useSpeech } from '../language/use-language.ts';
import { createAsk } from '../session/ask.ts';
import { useSessionStore } from '../session/use-session.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { FormRefusal } from '../ui/form-refusal.tsx';
import { type Refusal, useFaultWords, useSubmit } from '../ui/use-submit.ts';
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
        return { message: result.message, field: 'email' };
      case 'InvalidInputError':
        return { message: result.message, field: result.path.at(-1) };
      case 'RateLimitedError':
        return { message: result.message, retryAfter: result.retryAfter };
    }
  }

  const form = useSubmit(signUp);
  return (
    <form className="form" noValidate onSubmit={form.onSubmit} aria-label={translate('signUp.title')}>
      <FormRefusal form={form} />
      <Field
        name="email"
        type="email"
        label={translate('signIn.email')}
        autoComplete="username"
        required
        fault={form.faultOf('email')}
      />
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
