-- Users of trusted backends, who sign in elsewhere, and disabled accounts.
ALTER TABLE "users"
    ALTER COLUMN "email" DROP NOT NULL,
    ALTER COLUMN "password_hash" DROP NOT NULL,
    ADD COLUMN "external_id" VARCHAR(255),
    ADD COLUMN "contact_email" VARCHAR(254),
    ADD COLUMN "disabled_at" TIMESTAMPTZ(3),
    ADD CONSTRAINT "users_sign_in_here_or_elsewhere" CHECK (("email" IS NULL) <> ("external_id" IS NULL)),
    ADD CONSTRAINT "users_email_with_password" CHECK (("email" IS NULL) = ("password_hash" IS NULL));

CREATE UNIQUE INDEX "users_external_id_key" ON "users"("external_id");
CREATE INDEX "users_created_at_id_idx" ON "users"("created_at" DESC, "id" DESC);

ALTER TYPE "session_end_reason" ADD VALUE 'REVOKED_BY_SERVICE';

ALTER TABLE "sessions"
    ADD COLUMN "last_ip_address" INET,
    ADD COLUMN "device_id" UUID,
    ADD COLUMN "is_new_device" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "is_suspicious" BOOLEAN NOT NULL DEFAULT false;

UPDATE "sessions" SET "last_ip_address" = "ip_address";

-- What retention looks for.
CREATE INDEX "sessions_ended_at_idx" ON "sessions"("ended_at") WHERE "ended_at" IS NOT NULL;

ALTER TYPE "audit_event_type" ADD VALUE 'SUSPICIOUS_SIGN_IN';
ALTER TYPE "audit_event_type" ADD VALUE 'ENDED_TOKEN_USED';
ALTER TYPE "audit_event_type" ADD VALUE 'LIMIT_EXCEEDED';
ALTER TYPE "audit_event_type" ADD VALUE 'SESSION_CONFIRMED';
ALTER TYPE "audit_event_type" ADD VALUE 'ROLE_CHANGED';
ALTER TYPE "audit_event_type" ADD VALUE 'USER_DISABLED';
ALTER TYPE "audit_event_type" ADD VALUE 'USER_ENABLED';
ALTER TYPE "audit_event_type" ADD VALUE 'ALL_SESSIONS_ENDED';

CREATE TYPE "audit_actor_kind" AS ENUM ('USER', 'ADMINISTRATOR', 'SERVICE', 'SYSTEM');

-- The trail outlives the users and sessions that it tells of.
ALTER TABLE "audit_events"
    DROP CONSTRAINT "audit_events_user_id_fkey",
    DROP CONSTRAINT "audit_events_session_id_fkey",
    ADD COLUMN "actor_kind" "audit_actor_kind" NOT NULL DEFAULT 'USER',
    ADD COLUMN "actor_id" UUID,
    ADD COLUMN "actor_name" TEXT;

-- Pages of the trail by what they are filtered by, in order. A user or an address that is under attack has
-- hundreds of thousands of one type, so those of the others are not looked for among them.
CREATE INDEX "audit_events_type_occurred_at_id_idx" ON "audit_events"("type", "occurred_at" DESC, "id" DESC);
CREATE INDEX "audit_events_user_id_type_occurred_at_id_idx" ON "audit_events"("user_id", "type", "occurred_at" DESC, "id" DESC);
CREATE INDEX "audit_events_ip_address_type_occurred_at_id_idx" ON "audit_events"("ip_address", "type", "occurred_at" DESC, "id" DESC);

-- Deleting is for retention alone, which says in its transaction up to when:
--     SELECT set_config('curfew.audit_retention', '2026-01-31T12:00:00Z', true)
CREATE FUNCTION "refuse_audit_event_delete"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.occurred_at < nullif(current_setting('curfew.audit_retention', true), '')::timestamptz THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit_events is append-only';
END
$$;

CREATE TRIGGER "audit_events_keep" BEFORE DELETE ON "audit_events"
    FOR EACH ROW EXECUTE FUNCTION "refuse_audit_event_delete"();

CREATE TRIGGER "audit_events_keep_all" BEFORE TRUNCATE ON "audit_events"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_event_update"();

CREATE TYPE "mail_kind" AS ENUM ('NEW_SIGN_IN');

CREATE TABLE "mails" (
    "id" UUID NOT NULL,
    "kind" "mail_kind" NOT NULL,
    "user_id" UUID NOT NULL,
    "recipient" VARCHAR(254) NOT NULL,
    "details" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "failed_at" TIMESTAMPTZ(3),
    "last_error" TEXT,

    CONSTRAINT "mails_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "mails_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE INDEX "mails_user_id_created_at_idx" ON "mails"("user_id", "created_at");
CREATE INDEX "mails_due_idx" ON "mails"("next_try_at") WHERE "sent_at" IS NULL AND "failed_at" IS NULL;
-- What retention looks for.
CREATE INDEX "mails_over_idx" ON "mails"(COALESCE("sent_at", "failed_at")) WHERE COALESCE("sent_at", "failed_at") IS NOT NULL;

CREATE TABLE "mass_endings" (
    "id" UUID NOT NULL,
    "requested_by_id" UUID NOT NULL,
    "except_id" UUID,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "mass_endings_pkey" PRIMARY KEY ("id")
);

-- As rate-limiter-flexible wants it. Not logged: a crash may forget who tried how often.
CREATE UNLOGGED TABLE "rate_limits" (
    "key" VARCHAR(255) NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("key")
);

-- What retention looks for.
CREATE INDEX "rate_limits_expire_idx" ON "rate_limits"("expire");
