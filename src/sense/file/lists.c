#include "sense/file/lists.h"

#include "conf/conf.h"
#include "indicator/indicator.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { PATH_BYTES = 4096, FILES_MAX = 65536, TEXT_BYTES = 1 << 30 };

static const char manifest[] = "manifest.json";

struct reading {
	struct ward_hashes *h;
	const struct ward_limits *lim;
	struct ward_diag *diag;
	struct ward_arena arena; /* of one file */
};

/* A feed's list of its events (MISP feed format): an object with a member per event, named by its
 * UUID, which is also the name of the event's file. */
static enum ward_err check_manifest(
	struct reading *r, const char *folder, struct ward_str path, struct ward_slice text)
{
	const struct ward_conf *top;
	struct ward_str first = WARD_STR("");
	size_t missing = 0;
	enum ward_err err = ward_conf_json(&r->arena, r->lim, path, 1, text, r->diag, &top);

	if (err)
		return err;
	for (const struct ward_conf *e = top->child; e; e = e->next) {
		char file[PATH_BYTES];
		struct stat st;

		(void)snprintf(file, sizeof(file), "%.3900s/%.*s.json", folder,
			(int)(e->key.len < 64 ? e->key.len : 64), e->key.p ? e->key.p : "");
		if (stat(file, &st) == 0)
			continue;
		first = missing++ ? first : e->key;
	}
	if (missing)
		ward_diag_addf(r->diag, WARD_DIAG_WARNING, path, 1,
			WARD_TEXT("%zu events of the feed are not here, the first is %.*s\nfetch "
				  "them "
				  "into this folder, by their names in the feed"),
			missing, WARD_STR_ARG(first));
	return WARD_OK;
}

static enum ward_err read_text(struct reading *r, struct ward_str path, struct ward_slice text)
{
	struct ward_wr lines = ward_wr_grow(ward_mem_heap(), TEXT_BYTES);
	enum ward_err err;

	if (!ward_indicator_is_document(text))
		return ward_hashes_read(r->h, r->lim, path, text, r->diag);
	err = ward_indicator_lines(path, text, r->lim, ward_mem_heap(), r->diag, &lines);
	if (!err)
		err = ward_hashes_pick(r->h, r->lim, path, ward_wr_slice(&lines), r->diag);
	ward_wr_fini(&lines);
	return err;
}

/* folder: in which it lies; NULL: it was named by itself. */
static enum ward_err read_file(struct reading *r, const char *folder, const char *path)
{
	struct ward_slice text;
	enum ward_err err;

	ward_arena_init(&r->arena, ward_mem_heap(), TEXT_BYTES);
	err = ward_conf_read(&r->arena, r->lim, path, r->diag, &text);
	if (!err && folder && ward_str_ends(ward_str_z(path), ward_str_z(manifest)))
		err = check_manifest(r, folder, ward_str_z(path), text);
	else if (!err)
		err = read_text(r, ward_str_z(path), text);
	ward_arena_fini(&r->arena);
	return err;
}

static int is_list(const struct dirent *d)
{
	struct ward_str s = ward_str_z(d->d_name);

	return s.p[0] != '.' &&
	       (ward_str_ends(s, WARD_STR(".txt")) || ward_str_ends(s, WARD_STR(".json")));
}

static enum ward_err read_folder(struct reading *r, const char *folder)
{
	struct dirent **entry = NULL;
	enum ward_err err = WARD_OK;
	int n = scandir(folder, &entry, is_list, alphasort);

	if (n < 0) {
		err = errno == ENOMEM ? WARD_ERR_NOMEM : WARD_ERR_CONFIG;
		ward_diag_addf(r->diag, WARD_DIAG_ERROR, ward_str_z(folder), 0,
			WARD_TEXT("the folder of lists can't be read: %s\nlet Ward's user read "
				  "and enter it"),
			strerror(errno));
	}
	if (n > FILES_MAX) {
		ward_diag_addf(r->diag, WARD_DIAG_ERROR, ward_str_z(folder), 0,
			WARD_TEXT(
				"there are more than %d lists in the folder\nlet fewer files hold "
				"the same"),
			FILES_MAX);
		err = WARD_ERR_CONFIG;
	}
	for (int i = 0; i < n; i++) {
		char path[PATH_BYTES];

		(void)snprintf(path, sizeof(path), "%.3800s/%s", folder, entry[i]->d_name);
		if (!err || err == WARD_ERR_CONFIG) { /* all findings at once */
			enum ward_err one = n > FILES_MAX ? err : read_file(r, folder, path);

			err = one ? one : err;
		}
		free(entry[i]);
	}
	free(entry);
	return err;
}

enum ward_err ward_lists_read(struct ward_hashes *h, const struct ward_limits *lim,
	const char *path, struct ward_diag *diag)
{
	struct reading r = {.h = h, .lim = lim, .diag = diag};
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? read_folder(&r, path)
							   : read_file(&r, NULL, path);
}
