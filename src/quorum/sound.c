#include "quorum/sound.h"

#include "base/diag.h"

enum { NAMES_MAX = 64 };

/* ---- synchronous_standby_names ---- */

/* PostgreSQL's blanks. */
static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Of a bare name or number. */
static bool is_of_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static struct ward_str trim(struct ward_str s)
{
	while (s.len && is_blank(s.p[0]))
		s = ward_str_sub(s, 1, s.len);
	while (s.len && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

/* Blanks, then a name: a star, bare, or in double quotes where two are one (syncrep_scanner.l). */
static bool take_name(struct ward_str *rest, bool *ret_star)
{
	size_t i = 0;

	*rest = trim(*rest);
	*ret_star = false;
	if (rest->len && rest->p[0] == '"') {
		for (i = 1; i < rest->len; i++) {
			if (rest->p[i] != '"')
				continue;
			if (i + 1 == rest->len || rest->p[i + 1] != '"')
				break;
			i++;
		}
		if (i < 2 || i >= rest->len)
			return false;
		*ret_star = i == 2 && rest->p[1] == '*';
		*rest = trim(ward_str_sub(*rest, i + 1, rest->len));
		return true;
	}
	*ret_star = rest->len && rest->p[0] == '*';
	if (*ret_star)
		i = 1;
	while (!*ret_star && i < rest->len && is_of_name(rest->p[i]))
		i++;
	*rest = trim(ward_str_sub(*rest, i, rest->len));
	return i > 0;
}

static enum ward_err read_list(struct ward_str rest, struct ward_quorum_names *n)
{
	bool star;

	do {
		if (n->listed == NAMES_MAX || !take_name(&rest, &star))
			return WARD_ERR_MALFORMED;
		n->anybody = n->anybody || star;
		n->listed++;
		if (!rest.len)
			return WARD_OK;
		if (rest.p[0] != ',')
			return WARD_ERR_MALFORMED;
		rest = ward_str_sub(rest, 1, rest.len);
	} while (true);
}

static bool take_word(struct ward_str *s, struct ward_str word)
{
	if (s->len <= word.len || !ward_str_ieq(ward_str_sub(*s, 0, word.len), word) ||
		(!is_blank(s->p[word.len]) && (s->p[word.len] < '0' || s->p[word.len] > '9')))
		return false;
	*s = trim(ward_str_sub(*s, word.len, s->len));
	return true;
}

/* "n (a, b)", with ANY or FIRST before it; or "a, b", which is FIRST 1. */
enum ward_err ward_quorum_names_read(struct ward_str text, struct ward_quorum_names *ret)
{
	struct ward_quorum_names n = {.n = 1};
	struct ward_str s = trim(text), rest = s;
	struct ward_str number;
	uint64_t asked;
	enum ward_err err;

	n.any = take_word(&rest, WARD_STR("ANY"));
	if (!n.any)
		(void)take_word(&rest, WARD_STR("FIRST"));
	number = ward_str_cut(&rest, '(');
	if (!s.len) {
		n.n = 0;
		err = WARD_OK;
	} else if (rest.p && ward_str_u64(trim(number), &asked) && asked <= NAMES_MAX) {
		n.n = (unsigned)asked;
		if (!rest.len || rest.p[rest.len - 1] != ')')
			return WARD_ERR_MALFORMED;
		err = read_list(ward_str_sub(rest, 0, rest.len - 1), &n);
	} else {
		n.any = false;
		err = read_list(s, &n);
	}
	if (!err)
		*ret = n;
	return err;
}

/* ---- the judgement ---- */

/* After a start these asked no standby until the checkpointer had read the configuration (mended
 * in the releases of May 2025). */
static bool asks_from_the_start(unsigned version)
{
	static const unsigned least[] = {130021, 140018, 150013, 160009, 170005};

	for (size_t i = 0; i < WARD_ARRAY_LEN(least); i++)
		if (version / 10000 == least[i] / 10000)
			return version >= least[i];
	return version >= 180000;
}

static enum ward_quorum_fault standbys(const struct ward_quorum_settings *s)
{
	struct ward_quorum_names n;

	if (ward_quorum_names_read(s->synchronous_standby_names, &n) != WARD_OK || !n.n)
		return WARD_QUORUM_ALONE;
	if (n.anybody)
		return WARD_QUORUM_ANYBODY;
	/* who acknowledges and who lets one of them lead must have one in common: both have more
	 * than half of all, the leader and those of the list */
	if (2 * (n.n + 1) <= n.listed + 1)
		return WARD_QUORUM_MINORITY;
	return s->n_twins ? WARD_QUORUM_TWINS : WARD_QUORUM_SOUND;
}

static bool weak_commit(struct ward_str c)
{
	return !ward_str_eqz(c, "on") && !ward_str_eqz(c, "remote_apply");
}

enum ward_quorum_fault ward_quorum_sound(const struct ward_quorum_settings *s, bool alone)
{
	if (!s->encrypted)
		return WARD_QUORUM_UNENCRYPTED;
	if (s->follower)
		return WARD_QUORUM_FOLLOWER;
	if (s->read_only)
		return WARD_QUORUM_READ_ONLY;
	if (!asks_from_the_start(s->version))
		return WARD_QUORUM_OLD;
	if (!s->fsync)
		return WARD_QUORUM_FSYNC;
	if (!s->full_page_writes)
		return WARD_QUORUM_PAGES;
	if (s->data_sync_retry)
		return WARD_QUORUM_RETRY;
	if (weak_commit(s->synchronous_commit))
		return WARD_QUORUM_COMMIT;
	if (s->n_unlogged)
		return WARD_QUORUM_UNLOGGED;
	return alone ? WARD_QUORUM_SOUND : standbys(s);
}

static const struct ward_quorum_words words[WARD_QUORUM_FAULTS] = {
	[WARD_QUORUM_SOUND] = {"sound",
		WARD_TEXT("it acknowledges what is durable on enough machines"), "", ""},
	[WARD_QUORUM_FOLLOWER] = {"follower", WARD_TEXT("it follows another server"),
		WARD_TEXT("it takes no records"),
		WARD_TEXT("name all servers in 'journal', and see which of them leads")},
	[WARD_QUORUM_READ_ONLY] = {"read_only", WARD_TEXT("default_transaction_read_only is on"),
		WARD_TEXT("it takes no records"),
		WARD_TEXT("switch it off for the role of 'journal'")},
	[WARD_QUORUM_OLD] = {"old",
		WARD_TEXT("its version does not ask its standbys just after a start"),
		WARD_TEXT("what it acknowledges in that moment, when its disk is gone"),
		WARD_TEXT("install at least 13.21, 14.18, 15.13, 16.9 or 17.5")},
	[WARD_QUORUM_FSYNC] = {"fsync", WARD_TEXT("fsync is off"),
		WARD_TEXT("what was acknowledged in the last half minute, or the whole database, "
			  "at a "
			  "power cut"),
		WARD_TEXT("set fsync = on, and make its data anew: what was written without may be "
			  "damaged already")},
	[WARD_QUORUM_PAGES] = {"full_page_writes", WARD_TEXT("full_page_writes is off"),
		WARD_TEXT("pages that were half written at a power cut, with all that was "
			  "acknowledged "
			  "in them"),
		WARD_TEXT("set full_page_writes = on")},
	[WARD_QUORUM_RETRY] = {"data_sync_retry", WARD_TEXT("data_sync_retry is on"),
		WARD_TEXT("what a disk failed to write and the system forgot, although the second "
			  "try "
			  "said that it is there"),
		WARD_TEXT("set data_sync_retry = off")},
	[WARD_QUORUM_COMMIT] = {"synchronous_commit",
		WARD_TEXT("synchronous_commit is below 'on' for this role or database"),
		WARD_TEXT(
			"what was acknowledged before it was on a disk, at a power cut or when the "
			"leader is gone"),
		WARD_TEXT("set synchronous_commit = remote_apply")},
	[WARD_QUORUM_ALONE] = {"alone",
		WARD_TEXT("no standby has to have a record before it is "
			  "acknowledged"),
		WARD_TEXT("all that the leader's disk alone has, when the leader is gone"),
		WARD_TEXT("set synchronous_standby_names = 'ANY 1 (B, C)', by the names of the "
			  "standbys")},
	[WARD_QUORUM_ANYBODY] = {"anybody",
		WARD_TEXT("synchronous_standby_names is '*': whoever "
			  "connects counts as a standby"),
		WARD_TEXT("records that only a backup or a subscriber has, which can't lead"),
		WARD_TEXT("set synchronous_standby_names = 'ANY 1 (B, C)', by the names of the "
			  "standbys")},
	[WARD_QUORUM_MINORITY] = {"minority",
		WARD_TEXT("fewer standbys are waited for than make a majority with the leader"),
		WARD_TEXT("records that none of those has who let another lead"),
		WARD_TEXT("set synchronous_standby_names so that leader and those waited for are "
			  "more "
			  "than half of all: ANY 1 of two, ANY 2 of four")},
	[WARD_QUORUM_TWINS] = {"twins",
		WARD_TEXT("several synchronous standbys have the same name"),
		WARD_TEXT(
			"records that only one of them has, when the others let it lead that does "
			"not"),
		WARD_TEXT("give each standby a name of its own: application_name in its "
			  "primary_conninfo")},
	[WARD_QUORUM_UNLOGGED] = {"unlogged", WARD_TEXT("a table of the schema 'ward' is unlogged"),
		WARD_TEXT("all of it, when the server ends badly"),
		WARD_TEXT("say ALTER TABLE … SET LOGGED of it")},
	[WARD_QUORUM_UNENCRYPTED] = {"unencrypted", WARD_TEXT("the connection is not encrypted"),
		WARD_TEXT("what is in the records, to whoever listens, and the password"),
		WARD_TEXT("let the server speak TLS (ssl = on), and name its authority as "
			  "'journal_trust'")},
};

const struct ward_quorum_words *ward_quorum_words(enum ward_quorum_fault f)
{
	WARD_ASSERT(f < WARD_QUORUM_FAULTS);
	return &words[f];
}
