-- The language of a user's mails, as a BCP 47 tag; null when it is not known.
ALTER TABLE "users" ADD COLUMN "language" VARCHAR(35);
