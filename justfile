# The chores of this repository. `just` lists them.

# what a tool of ours is installed as: `pip install` into target/tools, where all of them are prebuilt
tools := justfile_directory() / "target/tools"
export PATH := tools / "bin" + ":" + env("PATH")

# Lists the recipes.
help:
    @just --list --unsorted

# Everything that CI runs: the tests and all checks. Needs `just tools` once.
verify: test check

# Runs the tests and notes which snapshots they look at.
test:
    rm -f target/snapshots-seen
    INSTA_SNAPSHOT_REFERENCES_FILE="{{ justfile_directory() }}/target/snapshots-seen" cargo test --locked

# Every check that is not a test.
check: fmt lint doc deny unused snapshots texts clean

# Is the code formatted?
fmt:
    cargo fmt --check

# Does clippy have nothing to say?
lint:
    cargo clippy --all-targets --locked -- -D warnings

# Do the code's own pages build without a broken link?
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked

# Are the dependencies' licences and sources the ones we allow, and is no vulnerability known?
deny:
    cargo deny --locked check --hide-inclusion-graph bans licenses sources
    @if cargo deny --locked fetch db 2>/dev/null; then cargo deny --locked check --hide-inclusion-graph advisories; else echo "no database of vulnerabilities can be reached: not looked up"; fi

# Is every dependency used?
unused:
    cargo shear --locked

# Is every snapshot looked at by the last `just test`, and none waiting for `just bless`?
snapshots:
    .ci/snapshots

# Does every text that comes with the program render with every sample?
texts:
    DAYBEFORE_DATABASE__URL=sqlite:/nonexistent/none.db cargo run --quiet --locked -- texts check

# Did nothing that ran write into the tree?
clean:
    git diff --exit-code
    @test -z "$(git status --porcelain)" || { git status --short; echo "the tree is not clean: commit or ignore these"; false; }

# Makes the weights of the second opinion on answers anew, after answers or phrases have changed; prints each author left out.
learn:
    cargo run --release --locked --example second_opinion -- --write

# Runs the benchmarks.
bench *ARGS:
    cargo bench {{ ARGS }}

# Shows the program with two sample businesses.
demo *ARGS:
    cargo run --release --locked -- demo {{ ARGS }}

# Makes the pictures of the documents anew, in a real browser; look at `git diff` before committing.
pictures:
    DAYBEFORE_PICTURES=docs/images REQUIRE_BROWSER=1 cargo test --locked --test it eyes::pictures

# Takes what the tests saw as the new snapshots; look at `git diff` before committing.
bless:
    INSTA_UPDATE=always INSTA_FORCE_PASS=1 cargo test --locked

# Installs cargo-deny, cargo-shear and just for this checkout, in the versions CI uses.
tools:
    .ci/tools
