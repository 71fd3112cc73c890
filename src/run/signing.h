/* Signing in: what `login` answers to SIGN (run/sign.h), and whose a session is.
 *
 * Everything that changes an account or a session is first put on record, then saved, then
 * answered; what cannot be saved did not happen. Passwords of people who are unknown, have no
 * account or are disabled take as long as others, and are answered alike. Sessions end when they
 * are not used, and after half a day at the latest; each sign-in makes a new token.
 * Single-threaded. */
#ifndef WARD_RUN_SIGNING_H
#define WARD_RUN_SIGNING_H

#include "run/authority.h"
#include "run/guesses.h"
#include "run/password.h"
#include "run/signers.h"

/* What is put on record: X(NAME, "name") of the event's field account.what */
#define WARD_TOLD_LIST(X)                           \
	X(MADE, "made")                             \
	X(CODE, "code-made")                        \
	X(SIGNED_IN, "signed-in")                   \
	X(FAILED, "failed")                         \
	X(SIGNED_OUT, "signed-out")                 \
	X(DISABLED, "disabled")                     \
	X(ENABLED, "enabled")                       \
	X(PASSWORD, "password-set")                 \
	X(SECOND, "second-factor-set")              \
	X(SECOND_ENDED, "second-factor-removed")    \
	X(KEY, "security-key-set")                  \
	X(KEY_ENDED, "security-key-removed")        \
	X(PIN, "pin-set")                           \
	X(PIN_ENDED, "pin-removed")                 \
	X(CAME_BACK, "came-back")                   \
	X(DEVICE, "device-made")                    \
	X(DEVICE_BOUND, "device-bound")             \
	X(DEVICE_REFUSED, "device-link-used-again") \
	X(DEVICE_ENDED, "device-ended")             \
	X(DOWN, "directory-down")                   \
	X(BACK, "directory-back")                   \
	X(ENDED, "directory-ended")                 \
	X(OTHER, "directory-other-account")         \
	X(CACHED, "signed-in-by-roster")            \
	X(BREAK_GLASS, "signed-in-by-break-glass")  \
	X(SEARCHED, "searched")                     \
	X(SENSOR_CODE, "sensor-code-made")          \
	X(SENSOR_ENROLLED, "sensor-enrolled")       \
	X(SENSOR_RENEWED, "sensor-renewed")         \
	X(SENSOR_ENDED, "sensor-removed")           \
	X(SENSOR_REFUSED, "sensor-refused")
enum ward_told {
#define X(NAME, name) WARD_TOLD_##NAME,
	WARD_TOLD_LIST(X)
#undef X
		WARD_TOLD_N,
};

struct ward_account_told {
	enum ward_told what;
	struct ward_str person; /* empty: nobody of people.yml; "@" and its id: a device */
	struct ward_str by;     /* who did it, when it is somebody else; empty: the person */
	const char *from;       /* "machine", "loopback", "private", "public" */
	/* of SEARCHED: by which questions, and not what they asked; of SENSOR_…: its id */
	struct ward_str on;
};

/* Sensors elsewhere that are taken in by a code: sources of kind sensor without a token. */
struct ward_signing_sensors {
	struct ward_str id[WARD_SENSORS_MAX]; /* n; of sources.yml */
	size_t n;
	struct ward_voucher *voucher;    /* NULL: there is no console, so no sensor either */
	uint8_t server[WARD_SIGN_TOKEN]; /* SHA-256 of the console's certificate */
};

struct ward_signing_opts {
	const struct ward_clock *clock;
	const struct ward_signers *who;
	struct ward_accounts *accounts;
	struct ward_str common; /* words of passwords; lives as long */
	const struct ward_limits *lim;
	struct ward_password_cost cost;
	ward_ns idle, longest; /* of a session; 0: a quarter of an hour, half a day */
	const struct ward_signing_sensors *sensors; /* NULL: there are none */
	/* false: it is not on the disk */
	bool (*save)(void *ctx);
	void (*record)(void *ctx, const struct ward_account_told *t);
	void *ctx;
};
struct ward_signing;
/* NOMEM. Borrows what the options name. */
WARD_MUST_CHECK enum ward_err ward_signing_new(
	const struct ward_signing_opts *o, struct ward_signing **ret);
void ward_signing_free(struct ward_signing *g);

/* Does it take a password's time? Then it waits for its turn. */
bool ward_signing_slow(const struct ward_sign *s);
/* The address, for turns and waits: of IPv6 its network. */
struct ward_id ward_signing_from(const uint8_t from[WARD_SIGN_FROM]);
/* MORE: the password is right, and the hospital's provider is to be asked (ward_signing_asks)
 * before the same is asked again. local: who asks is root, or who runs Ward, at the machine's
 * socket, where no token is needed, and only codes, disabling, enabling, the list and sensors are
 * for. *ret borrows g until the next call. */
void ward_signing_answer(
	struct ward_signing *g, const struct ward_sign *s, bool local, struct ward_signed *ret);
/* Whose token is it? A use. CLOSED: nobody's. *ret borrows g's options. */
WARD_MUST_CHECK enum ward_err ward_signing_who(
	struct ward_signing *g, const uint8_t token[WARD_SIGN_TOKEN], struct ward_session *ret);
/* May the session decide so? A decision that names no role is that of the session's first one:
 * people.yml may give more, and the directory's groups less. OK, or DENIED with why; STATE: not
 * before the person proves that it is them (PROVE). */
WARD_MUST_CHECK enum ward_err ward_signing_may(struct ward_signing *g, const struct ward_session *s,
	struct ward_decision *d, const char **ret_why);

/* Nobody can sign in, and nobody has a code: a code for the first who may administer. False: that
 * is not so, or nobody may, or it could not be saved. */
bool ward_signing_first(
	struct ward_signing *g, char ret_code[WARD_SIGN_TEXT], struct ward_str *ret_person);
/* Drops what ended; saves when somebody used a session since. Each minute or so. */
void ward_signing_tidy(struct ward_signing *g);

/* "made" … Lives forever. */
const char *ward_told_name(enum ward_told w);

#endif
