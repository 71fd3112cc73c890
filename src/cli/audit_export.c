#include "cli/audit_export.h"

#include "cli/audit.h"
#include "cli/clip.h"

#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

enum { MANIFEST_BYTES = 16 << 20, FILE_BYTES = 1 << 30, NAMES_MAX = 1 << 16, HEX = 64 };

struct listing {
	struct ward_cli_export *x;
	struct ward_wr manifest, ledger, file;
};

static void fault(struct ward_cli_export *x, const char *file, const char *what)
{
	x->n_fault++;
	(void)fprintf(stderr, "ward %s: %s/%s: %s\n", x->cmd->name, x->folder, file, what);
}

static bool read_file(struct listing *l, const char *name, size_t max, struct ward_wr *w)
{
	char path[PATH_MAX];

	ward_wr_reset(w);
	if (snprintf(path, sizeof(path), "%s/%s", l->x->folder, name) >= (int)sizeof(path))
		return false;
	l->x->n_file++;
	if (ward_cli_clip_read(l->x->cmd, path, max, w) == 0)
		return true;
	l->x->n_fault++;
	return false;
}

/* A file of the folder, or of its `clips`. */
static bool is_name(struct ward_str s)
{
	if (ward_str_starts(s, WARD_STR("clips/")))
		s = ward_str_sub(s, 6, s.len);
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] | 0x20) == '-' ||
			    ((s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z') ||
			    (s.p[i] == '.' && i)))
			return false;
	return s.len > 0 && s.len < NAME_MAX;
}

static void hex_of(struct ward_slice bytes, char ret[HEX + 1])
{
	struct ward_wr w = ward_wr_fixed(ret, HEX);
	uint8_t sum[32];

	ward_sha256(bytes, sum);
	ward_wr_hex(&w, ward_slice_of(sum, sizeof(sum)));
	ret[HEX] = 0;
}

/* What was captured is what its row says. */
static void check_captured(struct listing *l, const char *name, const char *hex)
{
	const char *key =
		ward_str_ends(ward_str_z(name), WARD_STR(".key")) ? "key_sha256" : "sha256";
	char text[HEX + 32];

	(void)snprintf(text, sizeof(text), "\"%s\":\"%s\"", key, hex);
	if (ward_str_find(ward_wr_text(&l->ledger), ward_str_z(text)) == SIZE_MAX)
		fault(l->x, name, "no row of the ledger says that this was captured");
}

static void check_line(struct listing *l, struct ward_str line)
{
	struct ward_str sum = ward_str_sub(line, 0, HEX),
			name = ward_str_sub(line, HEX + 2, line.len);
	char hex[HEX + 1], file[NAME_MAX + 8];

	if (line.len < HEX + 3 || !ward_str_eqz(ward_str_sub(line, HEX, 2), "  ") ||
		!is_name(name)) {
		fault(l->x, "MANIFEST", "a line that ward evidence export does not write");
		return;
	}
	(void)snprintf(file, sizeof(file), "%.*s", WARD_STR_ARG(name));
	if (!read_file(l, file, FILE_BYTES, &l->file))
		return;
	hex_of(ward_wr_slice(&l->file), hex);
	if (!ward_str_eqz(sum, hex))
		fault(l->x, file, "it is not what the manifest says");
	if (ward_str_ends(name, WARD_STR(".clip")) || ward_str_ends(name, WARD_STR(".key")))
		check_captured(l, file, hex);
}

static bool is_listed(const struct listing *l, const char *name)
{
	char end[NAME_MAX + 16];

	(void)snprintf(end, sizeof(end), "  %s\n", name);
	return ward_str_find(ward_wr_text(&l->manifest), ward_str_z(end)) != SIZE_MAX;
}

/* Nothing was put in. */
static void check_folder(struct listing *l, const char *under)
{
	char path[PATH_MAX], name[NAME_MAX + 8];

	(void)snprintf(path, sizeof(path), "%.4000s/%s", l->x->folder, under);
	DIR *d = opendir(path);

	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
		(void)snprintf(name, sizeof(name), "%s%.255s", under, e->d_name);
		if (e->d_name[0] != '.' && strcmp(name, "MANIFEST") != 0 &&
			strcmp(name, "clips") != 0 && !is_listed(l, name))
			fault(l->x, name, "the manifest does not have it: it was put in");
	}
	if (d)
		(void)closedir(d);
}

static void check_head(struct listing *l)
{
	struct ward_head h;

	if (!read_file(l, "head.json", WARD_HEAD_JSON_MAX + 1, &l->file))
		return;
	if (ward_head_read(ward_str_trim(ward_wr_text(&l->file)), &h) || !ward_head_verify(&h))
		fault(l->x, "head.json", "it is no head that somebody signed");
	else if (!ward_id_eq(ward_head_id(&h), ward_head_id(&l->x->seen.top)))
		fault(l->x, "head.json", "it is not the head that signs the rows");
}

static int check_all(struct listing *l)
{
	struct ward_cli_export *x = l->x;

	if (!read_file(l, "MANIFEST", MANIFEST_BYTES, &l->manifest) ||
		!read_file(l, "ledger.jsonl", WARD_BUNDLE_BYTES, &l->ledger))
		return WARD_EXIT_INPUT;
	ward_sha256(ward_wr_slice(&l->manifest), x->manifest);
	enum ward_err err = ward_bundle_check(ward_wr_slice(&l->ledger), x->witness,
		ward_mem_heap(), ward_cli_audit_fault, (void *)x->cmd, &x->seen);

	if (err == WARD_ERR_MALFORMED)
		fault(x, "ledger.jsonl", "it is no bundle of rows, or was changed since");
	else if (err && err != WARD_ERR_CORRUPT)
		return ward_cli_fail(x->cmd, "%s: %s", x->folder, ward_err_text(err));
	x->n_fault += err == WARD_ERR_CORRUPT ? x->seen.n_fault : 0;
	if (!err)
		check_head(l);
	for (struct ward_str rest = ward_wr_text(&l->manifest); rest.len;)
		check_line(l, ward_str_cut(&rest, '\n'));
	check_folder(l, "");
	check_folder(l, "clips/");
	static const char *const due[] = {
		"ledger.jsonl", "head.json", "custody.json", "VERIFY.txt"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(due); i++)
		if (!is_listed(l, due[i]))
			fault(x, due[i], "the manifest does not have it");
	return x->n_fault ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

int ward_cli_export_check(struct ward_cli_export *x)
{
	struct listing l = {.x = x,
		.manifest = ward_wr_grow(ward_mem_heap(), MANIFEST_BYTES + (1 << 17)),
		.ledger = ward_wr_grow(ward_mem_heap(), WARD_BUNDLE_BYTES + (1 << 17)),
		.file = ward_wr_grow(ward_mem_heap(), (size_t)FILE_BYTES + (1 << 17))};
	int rc = check_all(&l);

	ward_wr_fini(&l.manifest);
	ward_wr_fini(&l.ledger);
	ward_wr_fini(&l.file);
	return rc;
}
