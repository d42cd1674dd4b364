CREATE TYPE "role" AS ENUM ('USER', 'ADMIN');

CREATE TYPE "session_kind" AS ENUM ('BROWSER', 'API');

CREATE TYPE "session_end_reason" AS ENUM ('SIGNED_OUT', 'REVOKED', 'SIGNED_OUT_EVERYWHERE', 'EXPIRED', 'IDLE', 'EVICTED', 'PASSWORD_CHANGED', 'REVOKED_BY_ADMIN');

CREATE TYPE "audit_event_type" AS ENUM ('SIGNED_UP', 'SESSION_STARTED', 'SIGN_IN_FAILED', 'SESSION_ENDED', 'IP_CHANGED', 'PASSWORD_CONFIRMED', 'PASSWORD_CHANGED');

CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "email" VARCHAR(254) NOT NULL,
    "password_hash" TEXT NOT NULL,
    "role" "role" NOT NULL DEFAULT 'USER',
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id"),
    -- One spelling of each address. The "C" collation keeps the rule the same
    -- whatever the database's locale makes of I and i.
    CONSTRAINT "users_email_lower_case" CHECK ("email" = lower("email" COLLATE "C"))
);

CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "kind" "session_kind" NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "user_agent" TEXT,
    "ip_address" INET,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_active_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" "session_end_reason",
    "ended_by_id" UUID,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "sessions_secret_hash_sha256" CHECK (octet_length("secret_hash") = 32),
    CONSTRAINT "sessions_ended_with_reason" CHECK (("ended_at" IS NULL) = ("end_reason" IS NULL))
);

-- A user's sessions in list order: all of them, and the few not ended.
CREATE INDEX "sessions_user_id_last_active_at_id_idx" ON "sessions"("user_id", "last_active_at" DESC, "id" DESC);
CREATE INDEX "sessions_not_ended_by_user_idx" ON "sessions"("user_id", "last_active_at" DESC, "id" DESC) WHERE "ended_at" IS NULL;

-- The sweep of what is due to end, by either lifetime.
CREATE INDEX "sessions_not_ended_by_expiry_idx" ON "sessions"("expires_at") WHERE "ended_at" IS NULL;
CREATE INDEX "sessions_not_ended_by_activity_idx" ON "sessions"("last_active_at") WHERE "ended_at" IS NULL;

CREATE TABLE "audit_events" (
    "id" UUID NOT NULL,
    "type" "audit_event_type" NOT NULL,
    "user_id" UUID,
    "session_id" UUID,
    "ip_address" INET,
    "user_agent" TEXT,
    "details" JSONB NOT NULL DEFAULT '{}',
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "audit_events_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "audit_events_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE INDEX "audit_events_user_id_occurred_at_id_idx" ON "audit_events"("user_id", "occurred_at" DESC, "id" DESC);
CREATE INDEX "audit_events_session_id_idx" ON "audit_events"("session_id");

-- What happened stays as it was written. Deleting is left to retention.
CREATE FUNCTION "refuse_audit_event_update"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_events is append-only';
END
$$;

CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE ON "audit_events"
    FOR EACH ROW EXECUTE FUNCTION "refuse_audit_event_update"();
