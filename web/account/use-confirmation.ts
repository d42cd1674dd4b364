/** Asking for the password, for whatever turns out to need it. */
import { createContext, use } from 'react';

/** Resolves to whether the password was given. */
export type AskPassword = () => Promise<boolean>;

export const ConfirmationContext = createContext<AskPassword>(() => Promise.resolve(false));

export function useConfirmation(): AskPassword {
  return use(ConfirmationContext);
}
