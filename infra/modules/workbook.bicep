// The workbook, for those who look into the portal of Azure and not into Grafana.
param displayName string
param location string
param workspaceId string
param tags object

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'workbook')
  location: location
  kind: 'shared'
  tags: tags
  properties: {
    displayName: displayName
    category: 'workbook'
    sourceId: workspaceId
    serializedData: loadTextContent('../workbooks/hub.json')
  }
}
