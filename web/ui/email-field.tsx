/** Whose password it is. */
import { useLanguage } from '../language/use-language.ts';
import { Field } from './field.tsx';
import type { Submission } from './use-submit.ts';

/** For whoever signs in, or up. */
export function EmailField({ form }: { form: Submission }) {
  const { translate } = useLanguage();
  return (
    <Field
      name="email"
      type="email"
      label={translate('signIn.email')}
      autoComplete="username"
      required
      fault={form.faultOf('email')}
    />
  );
}

/** For password managers, where somebody is signed in already: nobody sees it. */
export function KnownEmail({ email }: { email: string }) {
  return (
    <input
      className="unseen"
      name="email"
      autoComplete="username"
      value={email}
      readOnly
      tabIndex={-1}
      aria-hidden="true"
    />
  );
}
