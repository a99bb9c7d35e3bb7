/** What can be done with picture files: who is on them, and do two show the same person. */
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { VerifyPanel } from '../verify/VerifyPanel.tsx';
import { WhoPanel } from './WhoPanel.tsx';
import './photos.css';

export function PhotosScreen() {
  const { t } = useTranslation();
  return (
    <>
      <h1 className="desk-title">{t('desk.photos')}</h1>
      <Tabs className="tabs">
        <TabList className="tab-list" aria-label={t('desk.photos')}>
          <Tab id="who" className="tab">
            {t('photos.tab')}
          </Tab>
          <Tab id="verify" className="tab">
            {t('verify.tab')}
          </Tab>
        </TabList>
        <TabPanel id="who" className="tab-panel">
          <WhoPanel />
        </TabPanel>
        <TabPanel id="verify" className="tab-panel">
          <VerifyPanel />
        </TabPanel>
      </Tabs>
    </>
  );
}
