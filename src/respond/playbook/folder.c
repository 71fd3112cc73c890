#include "respond/playbook/folder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 8192 };

static bool known(const struct ward_playbook_list *l, const uint8_t hash[32])
{
	for (size_t i = 0; i < l->n; i++)
		if (memcmp(l->item[i]->hash, hash, 32) == 0)
			return true;
	return false;
}

static enum ward_err take(struct ward_playbook_list *l, const char *path,
	const struct ward_limits *lim, struct ward_diag *diag)
{
	struct ward_playbook *b = NULL;
	enum ward_err err = ward_mem_more(ward_mem_heap(), &l->item, l->n, &l->cap,
		sizeof(struct ward_playbook *), WARD_PLAYBOOK_LIST_MAX);

	if (err)
		return err;
	err = ward_playbook_file(path, lim, ward_mem_heap(), diag, &b);
	if (!err && !known(l, b->hash))
		l->item[l->n++] = b;
	else if (!err)
		ward_playbook_free(b);
	return err == WARD_ERR_NOMEM ? err : WARD_OK; /* the rest was said */
}

static int only_playbooks(const struct dirent *e)
{
	return e->d_name[0] != '.' && ward_str_ends(ward_str_z(e->d_name), WARD_STR(".json"));
}

enum ward_err ward_playbook_list_add(struct ward_playbook_list *l, const char *dir, const char *sub,
	const struct ward_limits *lim, struct ward_diag *diag)
{
	char path[PATH_BYTES], file[2 * PATH_BYTES];
	enum ward_err err = WARD_OK;
	struct dirent **e;

	(void)snprintf(path, sizeof(path), "%.4000s%s", dir, sub);
	int n = scandir(path, &e, only_playbooks, alphasort);

	for (int i = 0; i < n; i++) {
		(void)snprintf(file, sizeof(file), "%s/%s", path, e[i]->d_name);
		if (!err)
			err = take(l, file, lim, diag);
		free(e[i]);
	}
	if (n >= 0)
		free(e);
	return err;
}

void ward_playbook_list_fini(struct ward_playbook_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		ward_playbook_free(l->item[i]);
	ward_mem_free(ward_mem_heap(), l->item, l->cap * sizeof(struct ward_playbook *));
	*l = (struct ward_playbook_list){.n = 0};
}

struct ward_str ward_playbook_word(const struct ward_playbook *p)
{
	struct ward_str s = p->file;

	for (size_t i = s.len; i-- > 0;)
		if (s.p[i] == '/') {
			s = ward_str_sub(s, i + 1, s.len);
			break;
		}
	return ward_str_ends(s, WARD_STR(".json")) ? ward_str_sub(s, 0, s.len - 5) : s;
}
