/* The pseudonym process: the only one that holds the key, and the only thing it does is turn an
 * identity into a token. It reads its key before it enters the sandbox and then has no files. */
#include "comply/pseudonym.h"
#include "run/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

enum { IDENTITY_BYTES_MAX = 1200 };

static const char *const peers[] = {"net", "log", "field", "mqtt", "flow", "net-1", "net-2",
	"net-3", "net-4", "net-5", "net-6", "net-7", "ingest"};

enum { FIXED = WARD_ARRAY_LEN(peers), PEERS = FIXED + WARD_GUESTS_MAX };

/* Its link, if it is in this installation. */
static int link_of(const struct ward_process *p, size_t i)
{
	char name[WARD_PROCESS_NAME];

	if (i < FIXED)
		return ward_process_fd(p, peers[i]);
	ward_process_guest(name, i - FIXED);
	return ward_process_fd(p, name);
}

/* Under its name there is a whole key or none, whenever we are ended. */
static void make_key(struct ward_process *p, const char *dir, const char *path)
{
	uint8_t key[WARD_PSEUDONYM_KEY];
	char temporary[4096 + 8];
	int fd, folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = folder >= 0 && getrandom(key, sizeof(key), 0) == (ssize_t)sizeof(key);

	(void)snprintf(temporary, sizeof(temporary), "%s.new", path);
	(void)unlink(temporary); /* of a life that ended here */
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ok = ok && fd >= 0 && write(fd, key, sizeof(key)) == (ssize_t)sizeof(key) &&
	     fsync(fd) == 0 && rename(temporary, path) == 0 && fsync(folder) == 0;
	ward_wipe(key, sizeof(key));
	if (!ok)
		ward_process_die(p, "cannot write a new key", WARD_ERR_IO);
	(void)close(fd);
	(void)close(folder);
}

/* The key of this hospital, made at the first start: 32 random bytes, readable by us alone. */
static void load_key(struct ward_process *p, struct ward_pseudonym *ret)
{
	const char *dir = ward_process_setting(p, "dir");
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/key", dir ? dir : "");
	int fd;

	if (!dir || n < 0 || (size_t)n >= sizeof(path))
		ward_process_die(p, "no folder for the key", WARD_ERR_CONFIG);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		make_key(p, dir, path);
		fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	}
	if (fd < 0 || read(fd, ret->key, sizeof(ret->key)) != (ssize_t)sizeof(ret->key))
		ward_process_die(p, "cannot read the key", WARD_ERR_IO);
	close(fd);
}

static void serve(struct ward_process *p, struct ward_pseudonym *key, int fd, uint8_t *buf)
{
	uint8_t body[IDENTITY_BYTES_MAX + 64];
	uint8_t text[IDENTITY_BYTES_MAX + 32];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_wr t = ward_wr_fixed(text, sizeof(text));
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(fd, buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(p, "the supervisor closed a link", err);
	if (err == WARD_ERR_AGAIN)
		return;
	struct ward_slice who = {NULL, 0};

	if (!err && m.type == WARD_MSG_TOKENS)
		who = ward_rd_lv(&m.body, IDENTITY_BYTES_MAX);
	if (err || m.type != WARD_MSG_TOKENS || ward_rd_bad(&m.body)) {
		ward_count_name(&p->counters, "pseudonym.refused", 1);
		return;
	}
	ward_pseudonym_write(key, ward_slice_text(who), &t);
	ward_wr_lv(&w, ward_wr_slice(&t));
	if (ward_wr_bad(&t) || ward_wr_bad(&w) ||
		ward_msg_send(fd, WARD_MSG_TOKEN_LIST, m.id, ward_wr_slice(&w)) != WARD_OK)
		ward_count_name(&p->counters, "pseudonym.unanswered", 1);
}

int main(int argc, char **argv)
{
	static uint8_t buf[WARD_MSG_MAX];
	struct ward_process p;
	struct ward_pseudonym key;
	struct pollfd polled[PEERS];

	ward_process_begin(&p, "pseudonym", argc, argv);
	load_key(&p, &key);
	ward_process_cage(&p, WARD_CAGE_PLAIN, NULL);
	for (size_t i = 0; i < PEERS; i++) {
		polled[i] = (struct pollfd){.fd = link_of(&p, i), .events = POLLIN};
		/* one that asks and does not listen must not make the others wait */
		if (polled[i].fd >= 0 && fcntl(polled[i].fd, F_SETFL, O_NONBLOCK) != 0)
			ward_process_die(&p, "a sensor's link", WARD_ERR_IO);
	}
	while (!ward_process_stopping()) {
		if (poll(polled, PEERS, -1) < 0 && errno != EINTR)
			ward_process_die(&p, "poll", WARD_ERR_IO);
		for (size_t i = 0; i < PEERS; i++)
			if (polled[i].fd >= 0 && polled[i].revents)
				serve(&p, &key, polled[i].fd, buf);
		for (size_t i = 0; i < PEERS; i++)
			polled[i].revents = 0;
		ward_process_count(&p);
	}
	ward_wipe(&key, sizeof(key));
	return ward_process_end(&p);
}
