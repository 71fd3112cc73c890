#include "cli/check_evidence.h"

#include "comply/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_TEXT_MAX = 256 };

struct finding {
	enum ward_diag_level level;
	const char *what, *mend;
};

static void say(struct ward_diag *d, const char *path, const struct finding *f, const char *why)
{
	const struct ward_diag_slot slot[] = {{"why", ward_str_z(why ? why : "")}};
	const struct ward_diag_item like = {.level = f->level,
		.file = ward_str_z(path),
		.what = ward_str_z(f->what),
		.mend = ward_str_z(f->mend),
		.slot = slot,
		.n_slot = WARD_ARRAY_LEN(slot)};

	ward_diag_say(d, &like);
}

/* The first line of a regular file, as a key. OK; NOT_FOUND, with errno; MALFORMED: it holds none.
 */
static enum ward_err read_key(const char *path, uint8_t ret[WARD_EVIDENCE_PUBLIC], struct stat *st)
{
	char text[KEY_TEXT_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = -1;
	size_t len = 0;

	if (fd < 0)
		return WARD_ERR_NOT_FOUND;
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		n = read(fd, text, sizeof(text));
	(void)close(fd);
	bool ok = n > 0 && n < (ssize_t)sizeof(text) &&
		  sodium_hex2bin(ret, WARD_EVIDENCE_PUBLIC, text, (size_t)n, " \r\n", &len, NULL) ==
			  0 &&
		  len == WARD_EVIDENCE_PUBLIC;

	ward_wipe(text, sizeof(text));
	return ok ? WARD_OK : WARD_ERR_MALFORMED;
}

/* A clip can be made for it: not every 32 bytes are a point that a key has. */
static bool seals(const uint8_t key[WARD_EVIDENCE_PUBLIC])
{
	const struct ward_evidence e = {.camera = WARD_STR("check")};
	uint8_t room[1024], sealed[WARD_EVIDENCE_SEALED];
	struct ward_wr w = ward_wr_fixed(room, sizeof(room));

	return ward_evidence_write(&e, key, ward_slice_of("", 1), &w, sealed) == WARD_OK;
}

/* Is `secret` what opens clips that are made for `key`? */
static bool opens(
	const uint8_t secret[WARD_EVIDENCE_SECRET], const uint8_t key[WARD_EVIDENCE_PUBLIC])
{
	uint8_t its[WARD_EVIDENCE_PUBLIC];

	ward_evidence_public(secret, its);
	return memcmp(its, key, sizeof(its)) == 0;
}

/* `ward clip key` writes FILE and FILE.pub: whether one of them is where the other should be. */
static void check_pair(
	const char *path, const uint8_t key[WARD_EVIDENCE_PUBLIC], struct ward_diag *d)
{
	static const struct finding secret = {WARD_DIAG_ERROR,
		WARD_TEXT("that key opens clips, and is no public key"),
		WARD_TEXT("name the file that ends in .pub, and take this one to another machine")};
	static const struct finding beside = {WARD_DIAG_WARNING,
		WARD_TEXT("the key that opens clips lies beside it"),
		WARD_TEXT("take it to another machine, to whoever may see clips")};
	uint8_t other[WARD_EVIDENCE_PUBLIC];
	char name[PATH_MAX];
	struct stat st;
	size_t len = strlen(path);

	(void)snprintf(name, sizeof(name), "%s.pub", path);
	if (read_key(name, other, &st) == WARD_OK && opens(key, other))
		say(d, path, &secret, NULL);
	if (len < 5 || strcmp(path + len - 4, ".pub") != 0)
		return;
	(void)snprintf(name, sizeof(name), "%.*s", (int)(len - 4), path);
	if (read_key(name, other, &st) == WARD_OK && opens(other, key))
		say(d, name, &beside, NULL);
	ward_wipe(other, sizeof(other));
}

static void check(const char *path, struct ward_diag *d)
{
	static const struct finding missing = {WARD_DIAG_ERROR,
		WARD_TEXT("the key of clips can't be read: {why}"),
		WARD_TEXT("make it with `ward clip key FILE`, and name FILE.pub")};
	static const struct finding none = {WARD_DIAG_ERROR,
		WARD_TEXT("it holds no public key of `ward clip key`"),
		WARD_TEXT("name FILE.pub, of the files that `ward clip key FILE` made")};
	static const struct finding loose = {WARD_DIAG_WARNING,
		WARD_TEXT("others may write to it: whoever replaces it is who sees the clips"),
		WARD_TEXT("chmod go-w FILE, and let it belong to root or to Ward's own user")};
	uint8_t key[WARD_EVIDENCE_PUBLIC];
	struct stat st;
	enum ward_err err = read_key(path, key, &st);

	if (err == WARD_ERR_NOT_FOUND) {
		say(d, path, &missing, strerror(errno));
		return;
	}
	if (err || !seals(key)) {
		say(d, path, &none, NULL);
		return;
	}
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		say(d, path, &loose, NULL);
	check_pair(path, key, d);
	ward_wipe(key, sizeof(key)); /* it may be the other one */
}

enum ward_err ward_cli_check_evidence(
	const char *dir, const struct ward_model *m, struct ward_diag *d)
{
	struct ward_str file = ward_model_hospital(m)->clips_key;
	char path[PATH_MAX - 8];
	size_t before = d->n_error;

	if (!file.len)
		return WARD_OK;
	bool whole = file.p[0] == '/';
	int len = snprintf(path, sizeof(path), "%s%s%.*s", whole ? "" : dir, whole ? "" : "/",
		WARD_STR_ARG(file));

	if (len < 0 || (size_t)len >= sizeof(path))
		return WARD_ERR_LIMIT;
	check(path, d);
	return d->n_error > before ? WARD_ERR_CONFIG : WARD_OK;
}
