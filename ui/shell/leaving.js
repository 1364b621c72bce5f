// A link to another page waits until the server has done what was done before: beside a new page it does not hear of it.

const PATIENCE = 5000;  // milliseconds that a link waits at most for what is not acknowledged
export const SENDS = 100;  // milliseconds after which a press is on its way: a link at once after it would overtake it

/** The link that waits, if there is one. */
export class Leaving {
  /** Hold a click on a link to another page back, where something waits for the server, or a press has only just been sent. */
  hold(event, waits, sends) {
    const link = event.target.closest?.("[data-testid=stPageLink] a");
    const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;  // in another tab
    if (!link || elsewhere || this.follows || !(waits || sends)) return;
    event.preventDefault();
    event.stopPropagation();
    this.link = link;
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.go(), waits ? PATIENCE : SENDS);
  }

  /** Follow the link that waits. */
  go() {
    const { link } = this;
    this.link = null;
    clearTimeout(this.patience);
    if (!link?.isConnected) return;
    this.follows = true;
    link.click();
    this.follows = false;
  }
}
