/* What another product knows, as part of a proposal: the hospital's own importers read it in the
 * child, and say what it would add and change, and what the files would be. Of the text nothing is
 * understood here. */
#include "run/proc/config.h"

#include "base/fd.h"
#include "conf/conf.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ITEMS = 20000, LOST = 100, FINDINGS = 5, NAME_BYTES = 100, WORD_BYTES = 200, WHY = 2048 };

enum part { NAME, TEXT, FORMAT, SOURCE, IN, LIST, MAP, ACCEPT, PARTS };

struct import {
	struct config *k;
	struct config_proposal *p;
	struct ward_str part[PARTS];
	bool has[PARTS];
	char folder[4096 + 16], file[4096 + 16 + NAME_BYTES], map[4096 + 32], accept[4096 + 32];
	/* of the answer */
	struct ward_json *j;
	struct ward_wr lost;
	struct ward_json lost_json;
	char why[WHY]; /* the first findings */
	struct ward_wr found;
	struct ward_lang *lang; /* of who asks */
	size_t n_item, n_lost, n_found;
	bool ended; /* the summary was there */
};

/* ---- what is asked ---- */

static bool is_word(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((uint8_t)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return s.len <= WORD_BYTES;
}

/* As a file may be called, with its ending. */
static void name_file(struct import *m)
{
	char name[NAME_BYTES + 1];
	struct ward_str s = m->part[NAME];
	size_t n = 0;

	if (s.len > NAME_BYTES) /* the end of it says what it is */
		s = ward_str_sub(s, s.len - NAME_BYTES, s.len);
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '_';

		if (plain || (n && c == '.'))
			name[n++] = c;
		else if (n)
			name[n++] = '-';
	}
	name[n] = 0;
	(void)snprintf(m->file, sizeof(m->file), "%s/%s", m->folder, n ? name : "import");
}

static enum ward_err asked(struct import *m, const struct ward_configure_ask *a, const char **why)
{
	static const char *const name[PARTS] = {WARD_CONFIGURE_IMPORT_PARTS};
	struct ward_rd files = ward_rd_slice(a->files);
	struct ward_configure_file f;

	*why = WARD_TEXT("of an import nothing else can be asked");
	while (ward_configure_next(&files, &f)) {
		size_t i = 0;

		while (i < PARTS && !ward_str_eqz(f.path, name[i]))
			i++;
		if (i == PARTS || m->has[i])
			return WARD_ERR_MALFORMED;
		m->has[i] = true;
		m->part[i] = ward_slice_text(f.text);
	}
	*why = WARD_TEXT("a word of the import is too long, or more than one line");
	for (size_t i = 0; i < PARTS; i++)
		if (i != TEXT && i != MAP && i != ACCEPT && !is_word(m->part[i]))
			return WARD_ERR_MALFORMED;
	*why = WARD_TEXT("the file is empty");
	return m->part[TEXT].len ? WARD_OK : WARD_ERR_MALFORMED;
}

static bool put(const char *path, struct ward_str text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && ward_fd_write(fd, ward_str_bytes(text));

	return fd >= 0 && close(fd) == 0 && ok;
}

/* Where the child finds it. */
static enum ward_err lay_out(struct import *m, const char **why)
{
	(void)snprintf(m->folder, sizeof(m->folder), "%s/import", m->k->folder);
	(void)snprintf(m->map, sizeof(m->map), "%s/.map", m->folder);
	(void)snprintf(m->accept, sizeof(m->accept), "%s/.accept", m->folder);
	name_file(m);
	ward_revision_unstage(m->folder);
	*why = WARD_TEXT("the file can't be laid out for the importers: is there room?");
	if (mkdir(m->folder, 0700) != 0 || !put(m->file, m->part[TEXT]) ||
		(m->has[MAP] && !put(m->map, m->part[MAP])) ||
		(m->has[ACCEPT] && !put(m->accept, m->part[ACCEPT])))
		return WARD_ERR_IO;
	return WARD_OK;
}

/* ---- what the child says ---- */

static void put_words(struct import *m, struct ward_json *j, const struct ward_conf *c)
{
	for (const struct ward_conf *i = c->child; i; i = i->next) {
		uint64_t n;

		if (i->kind != WARD_CONF_SCALAR || ward_str_eqz(i->key, "kind") ||
			ward_str_eqz(i->key, "file"))
			continue;
		ward_json_key_str(j, i->key);
		if (i->quoted)
			ward_json_str(j, config_plain(m->k, m->folder, i->text));
		else if (ward_str_u64(i->text, &n))
			ward_json_u64(j, n);
		else
			ward_json_bool(j, ward_str_eqz(i->text, "true"));
	}
}

static void heard_item(struct import *m, const struct ward_conf *c)
{
	if (++m->n_item > ITEMS)
		return;
	ward_json_obj(m->j);
	put_words(m, m->j, c);
	ward_json_obj_end(m->j);
}

static void heard_lost(struct import *m, const struct ward_conf *c)
{
	if (++m->n_lost > LOST)
		return;
	ward_json_obj(&m->lost_json);
	put_words(m, &m->lost_json, c);
	ward_json_obj_end(&m->lost_json);
}

static void heard_finding(struct import *m, const struct ward_conf *c)
{
	struct ward_str mend = ward_conf_word(c, "mend"), line = ward_conf_word(c, "line"),
			file = ward_conf_word(c, "file");
	bool is_ours = ward_str_starts(file, ward_str_z(m->folder));

	if (!ward_str_eqz(ward_conf_word(c, "level"), "error") || ++m->n_found > FINDINGS)
		return;
	ward_wr_z(&m->found, m->n_found > 1 ? "\n" : "");
	file = config_plain(m->k, is_ours ? m->folder : m->k->hospital, file);
	if (!is_ours && !config_may_be_seen(m->k, &m->p->tree, file)) {
		ward_say(&m->found, m->lang,
			WARD_TEXT("a file of the directory that is not shown here has an error; "
				  "run `ward check` on the machine"));
		return;
	}
	ward_wr_str(&m->found, file);
	if (line.len && !ward_str_eqz(line, "0")) {
		ward_wr_z(&m->found, ":");
		ward_wr_str(&m->found, line);
	}
	ward_wr_z(&m->found, file.len ? ": " : "");
	ward_wr_str(&m->found, config_plain(m->k, m->folder, ward_conf_word(c, "what")));
	if (mend.len) {
		ward_wr_z(&m->found, "; ");
		ward_wr_str(&m->found, config_plain(m->k, m->folder, mend));
	}
}

static enum ward_err heard_file(struct import *m, const struct ward_conf *c, const char **why)
{
	const struct ward_configure_file f = {.path = ward_conf_word(c, "path"),
		.has_text = true,
		.text = ward_str_bytes(ward_conf_word(c, "text"))};

	return config_change(m->k, m->p, &f, why);
}

/* What the import as a whole is; behind the items. */
static void heard_summary(struct import *m, const struct ward_conf *c)
{
	const struct ward_conf *passed = ward_conf_get(c, "passed_over");

	m->ended = true;
	ward_json_arr_end(m->j);
	put_words(m, m->j, c);
	ward_json_key(m->j, "passed_over");
	ward_json_arr(m->j);
	for (const struct ward_conf *i = passed ? passed->child : NULL; i; i = i->next) {
		uint64_t n = 0;

		ward_json_obj(m->j);
		ward_json_key(m->j, "what");
		ward_json_str(m->j, i->key);
		ward_json_key(m->j, "n");
		ward_json_u64(m->j, ward_str_u64(i->text, &n) ? n : 0);
		ward_json_obj_end(m->j);
	}
	ward_json_arr_end(m->j);
	ward_json_arr_end(&m->lost_json);
	ward_json_key(m->j, "lost");
	ward_json_raw(m->j, ward_wr_text(&m->lost));
}

static enum ward_err heard(struct import *m, const struct ward_conf *c, const char **why)
{
	struct ward_str kind = ward_conf_word(c, "kind");

	if (ward_str_eqz(kind, "file"))
		return heard_file(m, c, why);
	if (ward_str_eqz(kind, "import"))
		heard_item(m, c);
	else if (ward_str_eqz(kind, "relation_lost"))
		heard_lost(m, c);
	else if (ward_str_eqz(kind, "finding"))
		heard_finding(m, c);
	else if (ward_str_eqz(kind, "summary"))
		heard_summary(m, c);
	return WARD_OK;
}

static enum ward_err hear(struct import *m, struct ward_str out, const char **why)
{
	enum ward_err err = WARD_OK;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	while (!err && !m->ended && out.p && out.len) {
		struct ward_str line = ward_str_cut(&out, '\n');
		const struct ward_conf *c;

		if (!line.len)
			continue;
		err = ward_conf_json(&m->k->scratch, &m->k->lim, WARD_STR("import"), 1,
			ward_str_bytes(line), &d, &c);
		if (!err)
			err = heard(m, c, why);
	}
	ward_diag_fini(&d);
	return err;
}

/* ---- the child ---- */

static enum ward_err ask_child(struct import *m, struct ward_wr *out, int *ret_status)
{
	static const struct {
		enum part part;
		const char *option;
	} said[] = {{FORMAT, "--format"}, {SOURCE, "--source"}, {IN, "--in"}, {LIST, "--list"}};
	const char *word[26] = {"model", "import", "--json", "--texts", "--content", m->k->content,
		"--lang", ward_arena_str(&m->k->scratch, ward_lang_code(m->lang)).p};
	size_t n = 8;

	if (!word[7])
		return WARD_ERR_LIMIT;

	for (size_t i = 0; i < WARD_ARRAY_LEN(said); i++) {
		struct ward_str s = ward_arena_str(&m->k->scratch, m->part[said[i].part]);

		if (!s.len)
			continue;
		word[n++] = said[i].option;
		word[n++] = s.p;
	}
	if (m->has[MAP]) {
		word[n++] = "--map";
		word[n++] = m->map;
	}
	if (m->has[ACCEPT]) {
		word[n++] = "--accept-from";
		word[n++] = m->accept;
	}
	word[n++] = m->k->hospital;
	word[n++] = m->file;
	return ward_checker_run(m->k->checker, word, n, out, ret_status);
}

/* The exit codes are of `ward model import`. */
static enum ward_err judge(struct import *m, enum ward_err err, int status, const char **why)
{
	if (err == WARD_ERR_CLOSED)
		ward_process_die(&m->k->p, "who checks", err);
	*why = WARD_TEXT("there is too much in it to be looked over here: cut it in parts, or use "
			 "`ward model import` on the machine");
	if (err == WARD_ERR_LIMIT || m->n_item > ITEMS)
		return WARD_ERR_LIMIT;
	*why = WARD_TEXT("the importers don't know such a format, or such a list");
	if (!err && status == 2)
		return WARD_ERR_MALFORMED;
	*why = WARD_TEXT(
		"the import did not come to its end: it may be too large for this machine");
	if (err || (status != 0 && status != 1))
		return WARD_ERR_IO;
	*why = m->n_found ? ward_arena_str(&m->k->scratch, ward_wr_text(&m->found)).p
			  : WARD_TEXT("the file could not be read");
	return status == 1 ? WARD_ERR_MALFORMED : WARD_OK;
}

static enum ward_err run(struct import *m, const char **why)
{
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), WARD_CHECKER_OUTPUT);
	int status = -1;
	const char *unread = WARD_TEXT("what the importers say can't be read");

	m->lost = ward_wr_grow(ward_mem_heap(), 1 << 20);
	m->lost_json = ward_json_on(&m->lost);
	m->found = ward_wr_fixed(m->why, sizeof(m->why));
	ward_json_arr(&m->lost_json);
	ward_json_key(m->j, "import");
	ward_json_obj(m->j);
	ward_json_key(m->j, "items");
	ward_json_arr(m->j);
	enum ward_err err = ask_child(m, &out, &status),
		      heard_err = err ? WARD_OK : hear(m, ward_wr_text(&out), &unread);

	err = judge(m, err, status, why);
	if (!err && (heard_err || !m->ended)) {
		err = heard_err ? heard_err : WARD_ERR_IO;
		*why = unread;
	}
	ward_json_obj_end(m->j);
	ward_wr_fini(&m->lost);
	ward_wr_fini(&out);
	return err;
}

enum ward_err config_import(struct config *k, struct config_proposal *p,
	const struct ward_configure_ask *a, struct ward_json *j, const char **why)
{
	struct import *m = ward_arena_alloc(&k->scratch, sizeof(*m));

	*why = WARD_TEXT("there is no memory for it just now; try again");
	if (!m)
		return WARD_ERR_NOMEM;
	m->k = k;
	m->p = p;
	m->j = j;
	m->lang = config_lang(k, a->lang);
	enum ward_err err = asked(m, a, why);

	if (!err)
		err = lay_out(m, why);
	if (!err)
		err = run(m, why);
	ward_revision_unstage(m->folder[0] ? m->folder : k->stage);
	return err;
}
