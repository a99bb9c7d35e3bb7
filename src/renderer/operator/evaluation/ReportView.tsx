/**
 * The stand-alone report's charts and mistakes within the page. A frame would inherit the page's policy and lose the
 * report's own `<style>`; so its sections go into a shadow tree with that style as a constructed sheet, which the policy
 * does not concern. The page's policy still holds for what is in it: no script, no picture but `data:`, nothing fetched.
 */
import { useEffect, useRef } from 'react';

/** The report's sections, without its head, and its style made the shadow tree's own. */
export function readReport(html: string): { readonly sections: readonly Element[]; readonly css: string } {
  // Taken out before it is parsed: even a document nobody sees may have no style element under the page's policy.
  const style = /<style>([\s\S]*?)<\/style>/g;
  const page = new DOMParser().parseFromString(html.replace(style, ''), 'text/html');
  const css = [...html.matchAll(style)]
    .map(([, text]) => text)
    .join('\n')
    .replaceAll(':root', ':host')
    // Paper and theme are the page's business; the theme's colours come from `.report-view`.
    .replace(/\bbody \{[^}]*\}/, '');
  // The table of figures is on the page already.
  const sections = [...page.querySelectorAll('main > section')].filter((s) => s.querySelector('table') === null);
  return { sections, css };
}

export function ReportView({ html }: { html: string }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const { sections, css } = readReport(html);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    root.replaceChildren(...sections.map((section) => document.importNode(section, true)));
  }, [html]);
  return <div ref={host} className="report-view" />;
}
