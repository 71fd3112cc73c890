/* recipients.yml of a hospital directory, and the files that it names: secrets, certificates,
 * systems of tickets. */
#include "conf/dir.h"
#include "exchange/share.h"
#include "exchange/standard.h"
#include "respond/recipients.h"
#include "respond/spoken.h"
#include "respond/ticket_system.h"
#include "words/words.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

static bool path_of(const char *dir, struct ward_str file, char path[PATH_BYTES])
{
	bool whole = file.len && file.p[0] == '/';
	int n = snprintf(path, PATH_BYTES, "%s%s%.*s", whole ? "" : dir, whole ? "" : "/",
		WARD_STR_ARG(file));

	return n > 0 && n < PATH_BYTES;
}

struct secret {
	const char *key; /* of the entry */
	struct ward_str file;
	size_t least, most; /* bytes */
};

/* Whoever reads it can speak in Ward's name. */
static void check_secret(const struct ward_recipients_in *in, const char *dir, struct ward_str file,
	const struct ward_recipient *p, const struct secret *s)
{
	bool ours = s->least == WARD_SECRET_MIN;
	char path[PATH_BYTES];
	struct stat st;
	const char *what = NULL,
		   *mend = ours ? WARD_TEXT("make it: (umask 077 && openssl rand -hex 32 >FILE)")
				: WARD_TEXT("write it there: (umask 077 && cat >FILE)");

	if (!s->file.len)
		return;
	if (!path_of(dir, s->file, path) || stat(path, &st) != 0)
		what = WARD_TEXT("the secret's file can't be read");
	else if (!S_ISREG(st.st_mode) || st.st_size < (off_t)s->least)
		what = ours ? WARD_TEXT("the secret is shorter than 16 characters")
			    : WARD_TEXT("the secret is empty");
	else if (s->most < WARD_SECRET_MAX &&
		 st.st_size > (off_t)s->most + 2) /* with the end of its line */
		what = WARD_TEXT("the secret is longer than the way allows"),
		mend = WARD_TEXT("let the other side give a shorter one");
	else if (st.st_mode & (S_IRWXG | S_IRWXO))
		what = WARD_TEXT("others may read the secret: they could speak in Ward's name"),
		mend = WARD_TEXT(
			"chmod 600 the file, and replace the secret if others are on the machine");
	if (what)
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, p->line,
			WARD_TEXT("recipient '%.*s', '%s': %s\n%s"), WARD_STR_ARG(p->id), s->key,
			what, mend);
}

static void check_certificate(const struct ward_recipients_in *in, const char *dir,
	struct ward_str file, const struct ward_recipient *p, struct ward_str certificate)
{
	char path[PATH_BYTES];

	if (certificate.len && (!path_of(dir, certificate, path) || access(path, R_OK) != 0))
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, p->line,
			WARD_TEXT("recipient '%.*s': the certificate's file can't be read\nname a "
				  "PEM file of the directory"),
			WARD_STR_ARG(p->id));
}

static void check_files(const struct ward_recipients_in *in, const char *dir, struct ward_str file,
	const struct ward_recipient *p)
{
	const struct ward_way *way = ward_way(p->channel);
	const struct secret secrets[] = {
		{"secret_file", p->secret_file, way->secret_min, way->secret_max},
		{"client_key", p->detail[WARD_DETAIL_CLIENT_KEY], 1, WARD_SECRET_MAX}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(secrets); i++)
		check_secret(in, dir, file, p, &secrets[i]);
	check_certificate(in, dir, file, p, p->certificate);
	check_certificate(in, dir, file, p, p->detail[WARD_DETAIL_CLIENT_CERTIFICATE]);
	if (p->channel == WARD_CHANNEL_SIP && access(WARD_SPOKEN_BY, X_OK) != 0)
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, p->line,
			WARD_TEXT("recipient '%.*s': %s is not there, which speaks on the "
				  "telephone\napt install espeak-ng"),
			WARD_STR_ARG(p->id), WARD_SPOKEN_BY);
}

/* Whether the table knows whom it goes to, so marked. */
static void check_share(const struct ward_recipients_in *in, const struct ward_sharing *s,
	struct ward_str file, const struct ward_recipient *p)
{
	struct ward_exchange none = {.n_incident = 0};
	const struct ward_share_ask ask = {.recipient = p->share, .tlp = p->tlp};
	struct ward_shared did = {.mem = in->mem};
	struct ward_diag diag;

	ward_diag_init(&diag, in->mem);
	enum ward_err err = ward_share(s, &ask, &none, in->mem, &diag, &did);

	for (size_t i = 0; i < diag.n; i++)
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, p->line,
			WARD_TEXT("recipient '%.*s': %.*s\n%.*s"), WARD_STR_ARG(p->id),
			WARD_STR_ARG(diag.item[i].what), WARD_STR_ARG(diag.item[i].mend));
	if (!err && p->bookmarks &&
		(did.why[WARD_SHARE_PLACE] != WARD_SHARE_LEAVES ||
			did.why[WARD_SHARE_ASSET] != WARD_SHARE_LEAVES))
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, p->line,
			WARD_TEXT("recipient '%.*s': bookmarks name cameras, which it may not be "
				  "told of\nwrite `for: own` for a video management system of the "
				  "hospital"),
			WARD_STR_ARG(p->id));
	if (!err &&
		ward_standard_is_availability(ward_standard_parse(p->detail[WARD_DETAIL_SENDS])) &&
		did.why[WARD_SHARE_IMPACT] != WARD_SHARE_LEAVES)
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, p->line,
			WARD_TEXT("recipient '%.*s': availability names wards and what they lose, "
				  "of which it may not be told\nwrite `for: hospital` or `for: "
				  "authority`, or let it have the field 'impact' in sharing.yml"),
			WARD_STR_ARG(p->id));
	ward_shared_fini(&did);
	ward_diag_fini(&diag);
}

/* Its findings are those of the file that says which requests its system takes. */
static enum ward_err check_tickets(const struct ward_recipients_in *in, const char *dir,
	struct ward_str file, const struct ward_recipient *p)
{
	const struct ward_ticket_in ticket = {in->lim, in->mem, in->diag};
	struct ward_str name = p->detail[WARD_DETAIL_SYSTEM];
	struct ward_ticket_system s;

	if (p->channel != WARD_CHANNEL_TICKET)
		return WARD_OK;
	enum ward_err err = ward_ticket_system_load(&ticket, dir, in->content, name, &s);

	if (err == WARD_ERR_NOT_FOUND)
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, p->line,
			WARD_TEXT("recipient '%.*s': there is no ticket system '%.*s'\nwrite "
				  "servicenow, glpi or topdesk, or put tickets/%.*s.yml into the "
				  "hospital's directory (docs/tickets.md)"),
			WARD_STR_ARG(p->id), WARD_STR_ARG(name), WARD_STR_ARG(name));
	if (!err && ward_ticket_system_asks(&s, WARD_SLOT_LOGIN) &&
		!p->detail[WARD_DETAIL_USER].len)
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, p->line,
			WARD_TEXT("recipient '%.*s': '%.*s' logs in with a name\nadd `user: NAME`"),
			WARD_STR_ARG(p->id), WARD_STR_ARG(name));
	ward_ticket_system_free(&s);
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

static enum ward_err check_each(const struct ward_recipients_in *in, const char *dir,
	struct ward_str file, const struct ward_recipients *all)
{
	struct ward_sharing *s;
	struct ward_arena arena;

	if (!all->n)
		return WARD_OK;
	ward_arena_init(&arena, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) * 8);
	s = ward_arena_alloc(&arena, sizeof(*s));
	enum ward_err err =
		s ? ward_sharing_load(in->content, in->lim, &arena, in->diag, s) : WARD_ERR_NOMEM;

	for (size_t i = 0; !err && i < all->n; i++) {
		check_files(in, dir, file, &all->r[i]);
		check_share(in, s, file, &all->r[i]);
		err = check_tickets(in, dir, file, &all->r[i]);
	}
	ward_arena_fini(&arena);
	return err;
}

/* An address of numbers, whatever stands around it: "https://192.0.2.1:8443/x",
 * "4711@[2001:db8::1]:5060". */
static bool is_numbers(struct ward_str at)
{
	struct ward_str rest = at;
	unsigned char address[sizeof(struct in6_addr)];
	char host[INET6_ADDRSTRLEN];

	for (size_t i = 0; i + 2 < at.len; i++)
		if (memcmp(at.p + i, "://", 3) == 0)
			rest = ward_str_sub(at, i + 3, at.len);
	at = ward_str_cut(&rest, '/');
	for (size_t i = 0; i < at.len; i++)
		if (at.p[i] == '@')
			rest = at = ward_str_sub(at, i + 1, at.len), i = 0;
	if (at.len && at.p[0] == '[')
		rest = ward_str_sub(at, 1, at.len), at = ward_str_cut(&rest, ']');
	else
		rest = at, at = ward_str_cut(&rest, ':');
	if (!at.len || at.len >= sizeof(host))
		return false;
	memcpy(host, at.p, at.len);
	host[at.len] = 0;
	return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

/* Goes on while name servers and mail servers are down, as they are in an attack on the hospital's
 * own machines. */
static bool goes_on_alone(const struct ward_recipient *p)
{
	const struct ward_str serial = WARD_STR("serial:"), server = WARD_STR("serial-server:");

	if (p->channel == WARD_CHANNEL_MAIL)
		return false;
	if (ward_str_starts(p->url, serial))
		return true;
	return is_numbers(ward_str_starts(p->url, server)
				  ? ward_str_sub(p->url, server.len, p->url.len)
				  : p->url);
}

static void check_alone(const struct ward_recipients_in *in, struct ward_str file,
	const struct ward_recipients *all)
{
	const struct ward_recipient *first = NULL;

	for (size_t i = 0; i < all->n; i++) {
		const struct ward_recipient *p = &all->r[i];

		if (p->exercise || p->heads || p->bookmarks)
			continue;
		if (goes_on_alone(p))
			return;
		first = first ? first : p;
	}
	if (first)
		ward_diag_addf(in->diag, WARD_DIAG_WARNING, file, first->line,
			WARD_TEXT("when name servers and mail are down nobody is told: no "
				  "recipient has a way that needs neither\nadd one: a pager "
				  "on a serial line (`espa: serial:/dev/ttyS0`), a telephone or a "
				  "gateway at an address of numbers (docs/ways.md)"));
}

enum ward_err ward_recipients_load(
	const struct ward_recipients_in *in, const char *dir, struct ward_recipients *ret)
{
	struct ward_conf_beside f;
	struct ward_arena bytes;
	size_t before = in->diag->n_error;

	*ret = (struct ward_recipients){.n = 0};
	ward_arena_init(&bytes, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) + PATH_BYTES);
	enum ward_err err =
		ward_conf_beside(&bytes, in->lim, dir, WARD_RECIPIENTS_FILE, in->diag, &f);

	if (!err && f.path.len)
		err = ward_recipients_read(in, f.path, f.bytes, ret);
	if (f.path.len && (!err || err == WARD_ERR_CONFIG)) {
		enum ward_err also = check_each(in, dir, f.path, ret);

		check_alone(in, f.path, ret);
		err = also ? also : err;
	}
	ward_arena_fini(&bytes);
	if (!err && in->diag->n_error != before)
		err = WARD_ERR_CONFIG;
	return err;
}
