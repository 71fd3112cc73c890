/* Steps in which a client opens the files of a share, or renames them (MS-SMB2 2.2, dialect 2.1),
 * as ransomware does when it has encrypted them: written here as what the two sides say over TCP.
 */
#include "exercise/load.h"

#include <stdio.h>

enum {
	PORT = 445,
	FILES_MAX = 64,
	WORD_MAX = 32,     /* of a share or an extension */
	NAME_MAX_16 = 160, /* bytes of a name in UTF-16 */
	MESSAGE_MAX = 512,
	HEADER = 64,
};
enum command { NEGOTIATE = 0, TREE_CONNECT = 3, CREATE = 5, CLOSE = 6, SET_INFO = 17 };

struct share {
	struct ward_scenario_load *l;
	struct ward_step *step;
	uint64_t message, file;
};

static void zeros(struct ward_wr *w, size_t n)
{
	while (n-- > 0)
		ward_wr_u8(w, 0);
}

static void utf16(struct ward_wr *w, const char *ascii)
{
	for (; *ascii; ascii++)
		ward_wr_le16(w, (uint16_t)(uint8_t)*ascii);
}

/* 2.2.1.2, behind the length that goes before each message on TCP (2.1). */
static void say(struct share *s, bool server, enum command command, struct ward_slice body)
{
	uint8_t *to = ward_scenario_array(s->l, 4 + HEADER + body.len, 1);
	struct ward_wr w = ward_wr_fixed(to, to ? 4 + HEADER + body.len : 0);

	ward_wr_be32(&w, (uint32_t)(HEADER + body.len));
	ward_wr_u8(&w, 0xfe);
	ward_wr_z(&w, "SMB");
	ward_wr_le16(&w, HEADER);
	ward_wr_le16(&w, 1); /* credit charge */
	ward_wr_le32(&w, 0); /* STATUS_SUCCESS */
	ward_wr_le16(&w, (uint16_t)command);
	ward_wr_le16(&w, 1); /* credits */
	ward_wr_le32(&w, server);
	ward_wr_le32(&w, 0);
	ward_wr_le64(&w, s->message);
	ward_wr_le32(&w, 0xfeff); /* process */
	ward_wr_le32(&w, 1);      /* tree */
	ward_wr_le64(&w, 0x400000000001);
	zeros(&w, 16);
	ward_wr_bytes(&w, body.p, body.len);
	if (to)
		s->step->talk.say[s->step->talk.n_say++] =
			(struct ward_saying){server, {(const char *)to, w.len}};
}

static void call(struct share *s, enum command command, const struct ward_wr *ask,
	const struct ward_wr *answer)
{
	say(s, false, command, ward_wr_slice(ask));
	say(s, true, command, ward_wr_slice(answer));
	s->message++;
}

/* 2.2.3, 2.2.4, 2.2.9, 2.2.10 */
static void begin(struct share *s, const char *path)
{
	uint8_t a[MESSAGE_MAX], b[MESSAGE_MAX];
	struct ward_wr ask = ward_wr_fixed(a, sizeof(a)), answer = ward_wr_fixed(b, sizeof(b));

	ward_wr_le16(&ask, 36);
	ward_wr_le16(&ask, 1); /* one dialect */
	ward_wr_le16(&ask, 1);
	zeros(&ask, 30);
	ward_wr_le16(&ask, 0x210);
	ward_wr_le16(&answer, 65);
	ward_wr_le16(&answer, 1);
	ward_wr_le16(&answer, 0x210);
	zeros(&answer, 22);
	for (int i = 0; i < 3; i++)
		ward_wr_le32(&answer, 65536); /* transact, read, write at most */
	zeros(&answer, 16);
	ward_wr_le16(&answer, 128);
	zeros(&answer, 6);
	call(s, NEGOTIATE, &ask, &answer);
	ward_wr_reset(&ask);
	ward_wr_reset(&answer);
	ward_wr_le16(&ask, 9);
	ward_wr_le16(&ask, 0);
	ward_wr_le16(&ask, HEADER + 8);
	ward_wr_le16(&ask, (uint16_t)(2 * strlen(path)));
	utf16(&ask, path);
	ward_wr_le16(&answer, 16);
	ward_wr_u8(&answer, 1); /* a disk */
	zeros(&answer, 9);
	ward_wr_le32(&answer, 0x1f01ff);
	call(s, TREE_CONNECT, &ask, &answer);
}

/* 2.2.13, 2.2.14: opens a file that is there. */
static void open_file(struct share *s, const char *name)
{
	uint8_t a[MESSAGE_MAX], b[MESSAGE_MAX];
	struct ward_wr ask = ward_wr_fixed(a, sizeof(a)), answer = ward_wr_fixed(b, sizeof(b));

	s->file++;
	ward_wr_le16(&ask, 57);
	zeros(&ask, 2);
	ward_wr_le32(&ask, 2); /* impersonation */
	zeros(&ask, 16);
	ward_wr_le32(&ask, 0x13019f);
	ward_wr_le32(&ask, 128);
	ward_wr_le32(&ask, 7);
	ward_wr_le32(&ask, 1); /* open */
	ward_wr_le32(&ask, 0x40);
	ward_wr_le16(&ask, HEADER + 56);
	ward_wr_le16(&ask, (uint16_t)(2 * strlen(name)));
	zeros(&ask, 8);
	utf16(&ask, name);
	ward_wr_le16(&answer, 89);
	zeros(&answer, 2);
	ward_wr_le32(&answer, 1); /* opened */
	zeros(&answer, 32);
	ward_wr_le64(&answer, 8192);
	ward_wr_le64(&answer, 8192);
	ward_wr_le32(&answer, 128);
	zeros(&answer, 4);
	ward_wr_le64(&answer, s->file);
	ward_wr_le64(&answer, 7);
	zeros(&answer, 8);
	call(s, CREATE, &ask, &answer);
}

/* 2.2.15, 2.2.16 */
static void close_file(struct share *s)
{
	uint8_t a[MESSAGE_MAX], b[MESSAGE_MAX];
	struct ward_wr ask = ward_wr_fixed(a, sizeof(a)), answer = ward_wr_fixed(b, sizeof(b));

	ward_wr_le16(&ask, 24);
	zeros(&ask, 6);
	ward_wr_le64(&ask, s->file);
	ward_wr_le64(&ask, 7);
	ward_wr_le16(&answer, 60);
	zeros(&answer, 58);
	call(s, CLOSE, &ask, &answer);
}

/* 2.2.39 with FileRenameInformation, 2.2.40 */
static void rename_file(struct share *s, const char *name)
{
	uint8_t a[MESSAGE_MAX], b[MESSAGE_MAX];
	struct ward_wr ask = ward_wr_fixed(a, sizeof(a)), answer = ward_wr_fixed(b, sizeof(b));
	uint32_t len = (uint32_t)(2 * strlen(name));

	ward_wr_le16(&ask, 33);
	ward_wr_u8(&ask, 1);  /* of a file */
	ward_wr_u8(&ask, 10); /* rename */
	ward_wr_le32(&ask, 20 + len);
	ward_wr_le16(&ask, HEADER + 32);
	zeros(&ask, 6);
	ward_wr_le64(&ask, s->file);
	ward_wr_le64(&ask, 7);
	zeros(&ask, 16);
	ward_wr_le32(&ask, len);
	utf16(&ask, name);
	ward_wr_le16(&answer, 2);
	call(s, SET_INFO, &ask, &answer);
}

void ward_scenario_smb(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	static const char *const known[] = {
		"from", "to", "share", "open", "rename", "folder", "into", NULL};
	enum { PER_FILE = 6, FIRST = 4 };
	struct share s = {.l = l, .step = step};
	bool opens = ward_conf_get(c, "open") != NULL;
	struct ward_str share, folder, into = {"", 0};
	int64_t n = 0;

	ward_conf_only(c, known, l->in->diag);
	step->act = WARD_ACT_TCP;
	step->talk.port = PORT;
	ward_scenario_ends(l, c, step);
	bool good = ward_scenario_word(l, c, "share", WORD_MAX, "\\", &share);

	good &= ward_scenario_word(l, c, "folder", WORD_MAX, "\\", &folder);
	if (opens && (ward_conf_get(c, "rename") || ward_conf_get(c, "into"))) {
		WARD_SCENARIO_BAD(l, c,
			WARD_TEXT("files are opened, or renamed\nwrite `open: 3`, or `rename: 3` "
				  "and `into: …`"));
		good = false;
	}
	if (!opens)
		good &= ward_scenario_word(l, c, "into", WORD_MAX, "\\", &into);
	good &= ward_conf_i64(c, opens ? "open" : "rename", true, l->in->diag, 1, FILES_MAX, &n);
	if (!good || step->from == WARD_NONE || step->talk.to == WARD_NONE)
		return;
	step->talk.say =
		ward_scenario_array(l, FIRST + PER_FILE * (size_t)n, sizeof(*step->talk.say));
	if (!step->talk.say)
		return;
	const uint8_t *ip = l->s->host[step->talk.to].ip;
	char name[NAME_MAX_16 / 2];

	(void)snprintf(name, sizeof(name), "\\\\%u.%u.%u.%u\\%.*s", ip[0], ip[1], ip[2], ip[3],
		WARD_STR_ARG(share));
	begin(&s, name);
	for (int64_t i = 1; i <= n && !l->err; i++) {
		(void)snprintf(
			name, sizeof(name), "%.*s\\file%03d.doc", WARD_STR_ARG(folder), (int)i);
		open_file(&s, name);
		(void)snprintf(name, sizeof(name), "%.*s\\file%03d.doc.%.*s", WARD_STR_ARG(folder),
			(int)i, WARD_STR_ARG(into));
		if (!opens)
			rename_file(&s, name);
		close_file(&s);
	}
}
